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
  /** Wall time is this many times the CPU limit, at least 5. */
  readonly wallFactor: number;
  readonly memoryBytes: number;
  readonly pids: number;
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
  wallFactor: 5,
  memoryBytes: 2 * 2 ** 30,
  pids: 96,
  diskBytes: 128 * 2 ** 20,
  outputBytes: 2 * 2 ** 20,
};
