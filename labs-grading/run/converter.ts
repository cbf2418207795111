import { Conversions, conversionKey } from './conversions.ts';
import type { Kit } from './kit.ts';
import { converterBytes } from './limits.ts';
import { type Conversion, conversionSchema, keptSchema } from './protocol.ts';
import { type Sandbox, SandboxDeath } from './sandbox.ts';

/** Shared by all workers of this process; small enough that a class of any size leaves the supervisor's memory as it was. */
const shared = new Conversions(8 * 2 ** 20);

/** Compiles cells in a sandbox of its own, unless some worker has compiled the same before. */
export class Converter {
  readonly #kit: Kit;
  #sandbox: Sandbox | undefined;
  #cpuBefore = 0;

  constructor(kit: Kit) {
    this.#kit = kit;
  }

  /** CPU milliseconds of all type checking so far. */
  get cpuMs(): number {
    return this.#cpuBefore + (this.#sandbox?.cpuMs() ?? 0);
  }

  /** Starts the type checker ahead of the first cell. */
  warm(): void {
    this.#sandbox ??= this.#kit.open('converter.ts', { limits: { ...this.#kit.limits, memoryBytes: converterBytes } });
  }

  /**
   * Checks and compiles one cell after the cells whose declarations are given.
   * @throws SandboxDeath when the source keeps the type checker busy for too long, or makes it take too much memory.
   */
  convert(declarations: string, source: string): Promise<Conversion> {
    return shared.get(conversionKey(declarations, source), () => this.#ask(declarations, source));
  }

  /** The declarations after a cell that ran: all of them, or without the names that it had not reached when an error ended it. */
  async kept(before: string, { declarations: after = before }: Conversion, missing: readonly string[]): Promise<string> {
    if (missing.length === 0) return after;
    this.warm();
    try {
      const reply = await (this.#sandbox as Sandbox).ask({ op: 'kept', before, after, missing }, this.#kit.limits.compileCpuMs);
      return keptSchema.catch(before).parse(reply.ok ? reply.value : before);
    } catch (error) {
      await this.close();
      if (!(error instanceof SandboxDeath) || error.state === 'not gradable') throw error;
      return before;
    }
  }

  async close(): Promise<void> {
    const sandbox = this.#sandbox;
    this.#sandbox = undefined;
    if (!sandbox) return;
    this.#cpuBefore += sandbox.cpuMs();
    await sandbox.close();
  }

  /** A converter may be ended from outside. Source that ends it does so twice. */
  async #ask(declarations: string, source: string): Promise<Conversion> {
    try {
      return await this.#askOnce(declarations, source);
    } catch (error) {
      if (!(error instanceof SandboxDeath) || error.state !== 'crashed') throw error;
      return this.#askOnce(declarations, source);
    }
  }

  async #askOnce(declarations: string, source: string): Promise<Conversion> {
    this.warm();
    try {
      const reply = await (this.#sandbox as Sandbox).ask({ op: 'convert', declarations, source }, this.#kit.limits.compileCpuMs);
      const conversion = conversionSchema.safeParse(reply.ok ? reply.value : undefined);
      return conversion.data ?? unreadable(reply.ok ? 'it is too large' : reply.fault.message);
    } catch (error) {
      await this.close();
      throw error;
    }
  }
}

/** Source that the compiler itself breaks on is the author's compile error: nobody is excused for breaking it. */
function unreadable(why: string): Conversion {
  const message = `The compiler cannot read this cell: ${why.slice(0, 500)}`;
  return { diagnostics: [{ line: 1, column: 1, length: 1, code: 0, message }], map: [], awaits: false, modules: [], hints: [] };
}
