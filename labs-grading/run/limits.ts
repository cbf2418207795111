import { availableParallelism, freemem } from 'node:os';

/** What one submission may use. CPU time decides; the wall limit only ends what waits without working. */
export interface Limits {
  /** CPU milliseconds that one cell may use, all threads together. */
  readonly cellCpuMs: number;
  /** CPU milliseconds that one cell, and the whole notebook, may use when the work behind `deliver` is run. */
  readonly workCpuMs: number;
  /** CPU milliseconds that one call of a check may use. */
  readonly callCpuMs: number;
  /** CPU milliseconds that opening or running something handed in may use. */
  readonly evaluateCpuMs: number;
  /** CPU milliseconds that all cells and calls together may use in one sandbox; a replay starts anew. */
  readonly notebookCpuMs: number;
  /** CPU milliseconds that compiling one cell may use. */
  readonly compileCpuMs: number;
  /** Milliseconds by the clock that a whole submission may take, type checking and all questions included; four times that with `full`. */
  readonly submissionWallMs: number;
  /** Milliseconds by the clock that the sandboxes of a submission may be asked something without using CPU time; four times that with `full`. */
  readonly submissionIdleMs: number;
  /** Wall time is this many times the CPU limit, at least 5. */
  readonly wallFactor: number;
  readonly memoryBytes: number;
  readonly pids: number;
  /** CPUs' worth of time that a sandbox may use at once, where control groups share it out. */
  readonly cpus: number;
  /** Bytes of each writable folder, which is memory too. */
  readonly diskBytes: number;
  /** Bytes that one cell or call may print. */
  readonly outputBytes: number;
}

export const defaultLimits: Limits = {
  cellCpuMs: 60_000,
  workCpuMs: 1_200_000,
  callCpuMs: 20_000,
  evaluateCpuMs: 120_000,
  notebookCpuMs: 300_000,
  compileCpuMs: 20_000,
  submissionWallMs: 1_800_000,
  submissionIdleMs: 600_000,
  wallFactor: 5,
  memoryBytes: 2 * 2 ** 30,
  pids: 96,
  cpus: 4,
  diskBytes: 128 * 2 ** 20,
  outputBytes: 2 * 2 ** 20,
};

/** What the type checker of a worker may take: hostile types are stopped here. */
export const converterBytes: number = 1_536 * 2 ** 20;

/** What a worker and its checker take themselves, on an ordinary day. */
const ownBytes = 768 * 2 ** 20;

/**
 * Workers that this machine bears, at least one: no more than CPUs, and so few that all of them may use up their limits at the same time (a
 * runner, an evaluator and a type checker each) within the memory that is free now, here and in the control group that we run in.
 */
export function workersFor(
  { memoryBytes }: Pick<Limits, 'memoryBytes'>,
  { cpus = availableParallelism(), freeBytes = Math.min(freemem(), process.availableMemory()) } = {},
): number {
  return Math.max(1, Math.min(cpus, Math.floor(freeBytes / (2 * memoryBytes + converterBytes + ownBytes))));
}
