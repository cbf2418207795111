import { LabError } from '../tensor/errors.ts';
import type { CsrMatrix } from './csr.ts';

/** How rows are shared out: bundles of `bundle` neighbours in the order go, one after the other, to the worker that is free first. */
export interface RowSchedule {
  /** Workers that compute at the same time. */
  readonly workers: number;
  /** Rows that run side by side in one worker, which is done when the longest is; default 1. */
  readonly bundle?: number;
}

/** Nonzeros of each row. */
export function rowLengths({ pointers }: CsrMatrix): Int32Array {
  return pointers.subarray(1).map((end, row) => end - pointers[row]);
}

/**
 * Coefficient of variation, standard deviation / mean: how unequal loads are, 0 for equal ones (and for none).
 * @example
 * variation([1, 3]); // → 0.5
 */
export function variation(loads: ArrayLike<number>): number {
  const values = Array.from(loads);
  const mean = values.reduce((sum, load) => sum + load, 0) / values.length;
  if (values.length === 0 || mean === 0) return 0;
  return Math.sqrt(values.reduce((sum, load) => sum + (load - mean) ** 2, 0) / values.length) / mean;
}

/**
 * Time until the last worker is done, in multiplications of one row: each bundle takes as long as its longest row.
 * @throws LabError `prune/workers` unless workers and bundle are whole numbers from 1 on.
 * @example
 * makespan([1, 1, 4], { workers: 2 }); // → 5
 * makespan([4, 1, 1], { workers: 2 }); // → 4
 */
export function makespan(lengths: ArrayLike<number>, { workers, bundle = 1 }: RowSchedule): number {
  if (![workers, bundle].every(count => Number.isInteger(count) && count >= 1))
    throw new LabError(
      'prune/workers',
      `Rows need 1 or more workers and rows a bundle; got ${workers} and ${bundle}.`,
      'Try { workers: 4 }.',
    );
  const busyUntil = new Float64Array(workers);
  for (let first = 0; first < lengths.length; first += bundle) {
    let longest = 0;
    for (let i = first; i < Math.min(first + bundle, lengths.length); i++) longest = Math.max(longest, lengths[i]);
    const free = busyUntil.indexOf(Math.min(...busyUntil));
    busyUntil[free] += longest;
  }
  return Math.max(...busyUntil);
}

/**
 * Row swizzle: an order of the rows in which longer ones start first and neighbours are alike, so that bundles are balanced and no worker ends
 * with a long row; equal rows keep their order. The rows' own order where sorting would take longer (longest-first is no optimum).
 * Source: Gale et al. 2020, Sparse GPU Kernels for Deep Learning, §V.C.
 * @throws LabError `prune/workers`.
 * @example
 * rowSwizzle([1, 4, 1, 4], { workers: 2, bundle: 2 }); // → Int32Array.of(1, 3, 0, 2)
 */
export function rowSwizzle(lengths: ArrayLike<number>, schedule: RowSchedule): Int32Array {
  const own = Int32Array.from({ length: lengths.length }, (_, row) => row);
  const sorted = own.toSorted((a, b) => lengths[b] - lengths[a] || a - b);
  const timeOf = (order: Int32Array): number =>
    makespan(
      order.map(row => lengths[row]),
      schedule,
    );
  return timeOf(sorted) <= timeOf(own) ? sorted : own;
}
