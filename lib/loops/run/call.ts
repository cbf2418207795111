import { LabError } from '../../tensor/errors.ts';
import { constantsEnd } from '../assert-loop.ts';
import type { Loop, LoopCall, LoopData, LoopResult } from '../loop.ts';
import { wasm } from '../web-assembly.ts';
import { assertKept } from './guards.ts';
import { fill, type Layout, layOut, viewAt } from './layout.ts';
import { trapped } from './trap.ts';

/** A loop with a memory of its own, ready to be called. Used inside of a thread that can be ended. */
export interface OpenLoop {
  /** What the module offers. */
  readonly exports: Readonly<Record<string, unknown>>;
  /** Lays the arguments out anew, with poison around them, and calls the function. @throws LabError `loops/trap`, `loops/out-of-bounds`, `loops/changed-input`. */
  call(call: LoopCall): LoopResult;
}

/** What stands around a loop that is opened. */
export interface OpenOptions {
  /** The same module written anew, which is called in its stead: one that counts, or that ends in time. */
  readonly rewritten?: Uint8Array;
  /** What it imports besides its memory. */
  readonly imports?: object;
  /** Told where the arrays lie, before each call. */
  readonly laidOut?: (layout: Layout) => void;
  /** Stands around the function itself, on what was laid out before: the part of a call that is timed. */
  readonly around?: (run: () => number | undefined) => number | undefined;
}

const page = 65_536;

/** Makes an instance of a loop with memory for calls like this one. */
export function openLoop({ binary, functions }: Loop, like: LoopCall, options: OpenOptions = {}): OpenLoop {
  const { imports = {}, rewritten = binary, laidOut, around = run => run() } = options;
  const from = constantsEnd(binary);
  const { bytes } = layOut(like, from);
  const memory = new wasm.Memory({ initial: bytes / page, maximum: bytes / page });
  const { exports } = new wasm.Instance(new wasm.Module(rewritten), { ...imports, env: { memory } });
  return {
    exports,
    call(call) {
      const name = functionOf(functions, call);
      const layout = layOut(call, from);
      if (layout.bytes > bytes)
        throw new LabError('loops/call', 'This call needs more memory than the first one.', 'Call with arrays of the same lengths.');
      const whole = { ...layout, bytes };
      fill(memory.buffer, whole, from);
      laidOut?.(whole);
      const run = exports[name] as (...args: number[]) => number | undefined;
      const args = addresses(call, whole);
      const value = trapped(() => around(() => run(...args)));
      assertKept(memory.buffer, whole, from);
      return { outputs: outputsOf(memory.buffer, whole), ...(value !== undefined && { value }) };
    },
  };
}

/** The name of the function that a call means. It may do without a scratch array that comes last. */
function functionOf(functions: Loop['functions'], { function: wanted, args }: LoopCall): string {
  const names = functions.map(({ name }) => name);
  const found = wanted === undefined && functions.length === 1 ? functions[0] : functions.find(({ name }) => name === wanted);
  const refuse = (message: string): never => {
    throw new LabError('loops/call', message, `The loop exports ${names.join(', ')}.`);
  };
  if (!found)
    return refuse(
      wanted === undefined ? 'Say which function of the loop is called.' : `The loop exports no function ${JSON.stringify(wanted)}.`,
    );
  const last = args.at(-1);
  const mayLack = typeof last === 'object' && last.use === 'scratch' ? 1 : 0;
  if (found.parameters.length !== args.length && found.parameters.length !== args.length - mayLack)
    return refuse(
      `${found.name}(${found.parameters.map(([name]) => name).join(', ')}) takes ${found.parameters.length} arguments; it is called with ${args.length}.`,
    );
  return found.name;
}

function addresses({ args }: LoopCall, { arrays }: Layout): number[] {
  let next = 0;
  return args.map(arg => (typeof arg === 'number' ? arg : (arrays[next++] as { address: number }).address));
}

function outputsOf(memory: ArrayBufferLike, { arrays }: Layout): Record<string, LoopData> {
  const written = arrays.filter(({ use }) => use === 'out' || use === 'inout');
  return Object.fromEntries(written.map(array => [array.name, viewAt(memory, array).slice()]));
}
