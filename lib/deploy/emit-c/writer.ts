import { LabError } from '../../tensor/errors.ts';
import type { Elements, ElementType } from '../program.ts';
import { arrayLiteral, cTypes } from './c-text.ts';
import type { CWriter } from './kernel.ts';

/** Constants, helpers and headers that the steps of a network asked for, in the order in which they did. */
export class CParts {
  readonly #constants = new Map<string, string>();
  readonly #helpers = new Map<string, string>();
  readonly #headers = new Set<string>();
  readonly #names = new Set<string>();
  readonly #definitions: string[] = [];

  /** The writer of one step: its number ends the names of its constants. */
  of(number: string): CWriter {
    return {
      constant: (name, type, data) => this.#constant(`${name}_${number}`, type, data),
      helper: (name, text) => {
        if ((this.#helpers.get(name) ?? text) !== text)
          throw new LabError('deploy/emit-c', `There are two helpers ${name} with different texts.`, 'Give one of them another name.');
        this.#helpers.set(name, text);
      },
      include: header => this.#headers.add(header),
    };
  }

  #constant(wanted: string, type: ElementType, data: Elements | readonly number[]): string {
    const length = Math.max(1, data.length);
    const text = `[${length}] = ${data.length > 0 ? arrayLiteral(type, data) : '{0}'};`;
    const key = `${type} ${text}`;
    const known = this.#constants.get(key);
    if (known) return known;
    let name = wanted;
    for (let again = 2; this.#names.has(name); again++) name = `${wanted}_${again}`;
    this.#names.add(name);
    this.#constants.set(key, name);
    this.#definitions.push(`static const ${cTypes[type]} ${name}${text.replace(' = ', ' __attribute__((aligned(16))) = ')}`);
    return name;
  }

  /** The definitions of all constants. */
  get constants(): string {
    return this.#definitions.join('\n\n');
  }

  /** Lines that include headers. */
  get includes(): string {
    return [...this.#headers].map(header => `#include <${header}>\n`).join('');
  }

  /** The texts of all helpers. */
  get helpers(): string {
    return [...this.#helpers.values()].map(text => text.trim()).join('\n\n');
  }
}
