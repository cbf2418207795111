import type { LoopArray, LoopCall, LoopData } from '../loop.ts';

/**
 * What a loop is to compute, with inputs as often as one likes. Values are chosen so that every order of adding up gives the same float32 numbers: results are
 * compared exactly, and a product that skips, repeats or rounds something is seen.
 */
export interface LoopProblem {
  readonly name: string;
  /** The function that is asked for, as it is written. It may have one parameter more, `scratch`. */
  readonly signature: string;
  /** The array that every call offers as its last argument, for what is packed or kept in between: its view, and how many elements it has. */
  readonly scratch: ScratchSpace;
  /** Products that it takes, each with its sum. */
  readonly macs: number;
  /** Bytes that must be read or written at least once: inputs and outputs. */
  readonly bytes: number;
  /** The fewest products, as a share of `macs`, that a way of computing it is known to need; 1 when none saves any. */
  readonly fewestProducts: number;
  /** Arguments with fresh inputs, the same for the same seed. */
  call(seed: number): LoopCall;
  /** One element of what the call should write into its output: the definition as a plain loop. */
  element(call: LoopCall, index: number): number;
  /** Name of the output. */
  readonly output: string;
}

/** Memory to work in. */
export interface ScratchSpace {
  readonly view: 'F32s' | 'I16s';
  readonly elements: number;
}

/** The scratch array as an argument. */
export function scratchArray({ view, elements }: ScratchSpace): LoopArray {
  const data = view === 'F32s' ? new Float32Array(elements) : new Int16Array(elements);
  return { name: 'scratch', data, use: 'scratch' };
}

/** The array of this name in a call. */
export function arrayOf({ args }: LoopCall, name: string): LoopArray {
  return args.find(arg => typeof arg === 'object' && arg.name === name) as LoopArray;
}

/** All that the call should write. */
export function expected(problem: LoopProblem, call: LoopCall): LoopData {
  const { data } = arrayOf(call, problem.output);
  const result = data.slice();
  for (let i = 0; i < result.length; i++) result[i] = problem.element(call, i);
  return result;
}

/** How long a call of a problem may take: many times what the plainest way of computing it needs. */
export interface CallLimits {
  /** Milliseconds by the clock: at least 2,500, and 20 million products a second; 10,000 where instructions are bounded, which end an endless loop far sooner. */
  readonly deadlineMs: number;
  /** 1,000 for each product and each byte, and ten million more; left out where so many would take longer than the clock allows. */
  readonly mostInstructions?: number;
}

/** Bounds on a call that tell an endless loop from a slow one. Where instructions are bounded the same calls are ended on every machine. */
export function callLimits({ macs, bytes }: Pick<LoopProblem, 'macs' | 'bytes'>): CallLimits {
  const mostInstructions = 1e7 + 1000 * (macs + bytes);
  return mostInstructions <= 1e9 ? { deadlineMs: 10_000, mostInstructions } : { deadlineMs: Math.max(2500, macs / 20_000) };
}

/** Bytes of everything that a call reads or writes. */
export function bytesOfCall({ args }: LoopCall): number {
  return args.reduce<number>((sum, arg) => sum + (typeof arg === 'object' && arg.use !== 'scratch' ? arg.data.byteLength : 0), 0);
}
