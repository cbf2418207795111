import type { LoopCall, LoopData } from '../../loops/loop.ts';
import type { CacheShape } from '../../measure/cache.ts';

/** Calls of a loop that a student wrote: its text and what it is called with. Each call is made in a memory of its own, which knows nothing of the others. */
export interface LoopRequest {
  /** The student's text. */
  readonly source: string;
  /** In the order of the answers. */
  readonly calls: readonly LoopCall[];
  /** Levels of caches to count with; without them the calls are run and nothing is counted. */
  readonly caches?: readonly CacheShape[];
  /** The most instructions that each call may do; without it only time is looked at. */
  readonly mostInstructions?: number;
}

/** What is counted while a call runs, besides misses. */
export type Counter =
  | 'instructions'
  | 'loads'
  | 'stores'
  | 'bytesRead'
  | 'bytesWritten'
  | 'multiplies'
  | 'scalarMultiplies'
  | 'branches'
  | 'calls';

/** Counters of `loops.count` that a reply has. */
export const counters: readonly Counter[] = [
  'instructions',
  'loads',
  'stores',
  'bytesRead',
  'bytesWritten',
  'multiplies',
  'scalarMultiplies',
  'branches',
  'calls',
];

/** Counters that tell of one array's memory. */
export type ArrayCounter = Extract<Counter, 'loads' | 'stores' | 'bytesRead' | 'bytesWritten'>;

/** Those that a reply has for each array. */
export const arrayCounters: readonly ArrayCounter[] = ['loads', 'stores', 'bytesRead', 'bytesWritten'];

/** Accesses to one array, and their misses for each level of caches. */
export type ArrayCounts = Readonly<Record<ArrayCounter, number>> & { readonly misses: readonly number[] };

/** Counters of one call, its misses for each level of caches, and the part of each array that the call has. */
export type CallCounts = Readonly<Record<Counter, number>> & {
  readonly misses: readonly number[];
  readonly byArray: Readonly<Record<string, ArrayCounts>>;
};

/** What one call gave. */
export interface LoopAnswer {
  /** The arrays that it could write, by name, each of the kind and length that the call has. */
  readonly outputs: Readonly<Record<string, LoopData>>;
  /** What the function gave back. */
  readonly value?: number;
  /** Where they were asked for. */
  readonly counts?: CallCounts;
}

/** What the side with the compiler says: an answer for each call, or the first thing that went wrong. */
export type LoopReply =
  | { readonly answers: readonly LoopAnswer[] }
  | { readonly error: { readonly code: string; readonly message: string; readonly call?: number } };
