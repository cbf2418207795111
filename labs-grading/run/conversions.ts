import { createHash } from 'node:crypto';
import type { Conversion } from './protocol.ts';

/** Name of a conversion: what the compiler is given, and nothing else. */
export function conversionKey(declarations: string, source: string): string {
  return createHash('sha256').update(`${declarations.length}\0${declarations}${source}`).digest('base64');
}

/** Characters of a conversion, about the bytes that it takes. */
function sizeOf({ output = '', declarations = '', map, modules, diagnostics }: Conversion): number {
  const texts = [output, declarations, ...map, ...modules.map(({ code }) => code), ...diagnostics.map(({ message }) => message)];
  return texts.reduce((sum, text) => sum + text.length, 500);
}

/**
 * What was compiled lately, for all workers of a run: most students hand in the same given cells, and many the same answers. An entry is
 * found by everything that the compiler saw, so one student's text can decide only what the same text becomes. What is asked for while it
 * is being made is made once. Failures are not remembered.
 */
export class Conversions {
  readonly #limit: number;
  /** The least recently used first. */
  readonly #made = new Map<string, Conversion>();
  readonly #making = new Map<string, Promise<Conversion>>();
  #size = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#size;
  }

  /** The conversion of this name: remembered, on its way, or made now. */
  get(key: string, make: () => Promise<Conversion>): Promise<Conversion> {
    const known = this.#made.get(key);
    if (known) {
      this.#made.delete(key);
      this.#made.set(key, known);
      return Promise.resolve(known);
    }
    return this.#making.get(key) ?? this.#make(key, make);
  }

  async #make(key: string, make: () => Promise<Conversion>): Promise<Conversion> {
    const making = make();
    this.#making.set(key, making);
    try {
      const made = await making;
      this.#remember(key, made);
      return made;
    } finally {
      this.#making.delete(key);
    }
  }

  #remember(key: string, made: Conversion): void {
    this.#made.set(key, made);
    this.#size += sizeOf(made);
    for (const [oldest, conversion] of this.#made) {
      if (this.#size <= this.#limit) return;
      this.#made.delete(oldest);
      this.#size -= sizeOf(conversion);
    }
  }
}
