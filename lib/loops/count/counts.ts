import type { LoopData } from '../loop.ts';

/** Accesses to memory. */
export interface AccessCounts {
  readonly loads: number;
  readonly stores: number;
  readonly bytesRead: number;
  readonly bytesWritten: number;
  /** Lines that were not there, for each level of caches; a level is asked only for what the one before it lacks. */
  readonly misses: readonly number[];
}

/** The accesses of a call in their order, as columns. */
export interface AccessTrace {
  /** Index of the array in `arrays`; 255 for memory that is in none. */
  readonly array: Uint8Array;
  /** First byte, from the array's start on. */
  readonly address: Uint32Array;
  /** 1 for a store. */
  readonly write: Uint8Array;
  /** How many levels of caches lacked a line of it. */
  readonly missed: Uint8Array;
  /** Names, in the order of the arguments. */
  readonly arrays: readonly string[];
}

/** What a call did: the same each time, on every machine. */
export interface LoopCounts extends AccessCounts {
  /** WebAssembly instructions, brackets and nop apart. */
  readonly instructions: number;
  /** Lanes of products of floats and of vectors: f32.mul counts 1, f32x4.mul 4, i32x4.dot_i16x8_s 8. */
  readonly multiplies: number;
  /** Products of whole numbers outside of vectors; those that compute addresses are among them. */
  readonly scalarMultiplies: number;
  /** Tests of loops and ifs. */
  readonly branches: number;
  /** Calls of functions. */
  readonly calls: number;
  /** Accesses by array; whatever is in none of them (constants, fixed memory) is under `other`. */
  readonly byArray: Readonly<Record<string, AccessCounts>>;
  /** What the call wrote. */
  readonly outputs: Readonly<Record<string, LoopData>>;
  /** The first 2^20 accesses, where they were asked for. */
  readonly trace?: AccessTrace;
}
