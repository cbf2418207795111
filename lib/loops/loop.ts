import type { TypedArray } from '../tensor/array.ts';

/** A function that a loop offers. */
export interface LoopFunction {
  readonly name: string;
  /** Name and type of each parameter, as they stand in the source. */
  readonly parameters: readonly (readonly [name: string, type: string])[];
  /** `void` where it gives back nothing. */
  readonly result: string;
}

/** Loops as students write them, compiled: plain data, so that they can be kept, sent and counted. */
export interface Loop {
  readonly source: string;
  /** A WebAssembly module that imports its memory and nothing else. */
  readonly binary: Uint8Array;
  readonly functions: readonly LoopFunction[];
}

/** What arrays of a loop may be made of. */
export type LoopData = Extract<TypedArray, Float32Array | Int8Array | Uint8Array | Int32Array> | Int16Array;

/** An array that is laid into the memory of a loop; the function gets the address of its first byte. */
export interface LoopArray {
  readonly name: string;
  readonly data: LoopData;
  /**
   * `in` must not be changed; `out` holds poison before the call; `inout` holds its data and may be changed; `scratch` is poison and is not looked at; as the last
   * argument it is left out where the function has no parameter for it.
   */
  readonly use: 'in' | 'out' | 'inout' | 'scratch';
}

/** A number, or an array. */
export type LoopArgument = number | LoopArray;

/** One call of a loop. */
export interface LoopCall {
  /** The function; by default the only one that the loop offers. */
  readonly function?: string;
  readonly args: readonly LoopArgument[];
}

/** What a call gave. */
export interface LoopResult {
  /** The arrays that the call could write (`out`, `inout`), by name. */
  readonly outputs: Readonly<Record<string, LoopData>>;
  /** What the function gave back. */
  readonly value?: number;
}
