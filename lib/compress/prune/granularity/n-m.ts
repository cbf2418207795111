import { allocate, array, type NDArray } from '../../../tensor/array.ts';
import { LabError } from '../../../tensor/errors.ts';
import { assertWeight } from '../weights.ts';
import { axisOf } from './axis.ts';
import { assertFixedSparsity } from './fixed-sparsity.ts';
import type { Granularity } from './granularity.ts';

/** N:M sparsity: of every `m` neighbours along `axis`, `n` are kept. */
export interface NmOptions {
  /** Weights kept of each group. */
  readonly n: number;
  /** Weights in a group. */
  readonly m: number;
  /** Default -2, the inputs of a kernel [in, out] or [kh, kw, in, out], along which hardware multiplies and adds; negative counts from the end. */
  readonly axis?: number;
}

/**
 * Mask (uint8, 1 = kept) that keeps the n largest |w| of every m neighbours along an axis: density n / m, 2:4 on today's GPUs. Of equal
 * magnitudes the lower index is pruned first. A last group of r < m values, as if filled up with zeros, keeps min(n, r).
 * Source: Mishra et al. 2021, Accelerating Sparse Deep Neural Networks.
 * @throws LabError `prune/n-m` unless 1 ≤ n ≤ m, `prune/axis`, `prune/empty`, `prune/finite`.
 * @example
 * nmMask(array([8, 1], [1, -4, 3, 2, 5, 5, 5, 5]), { n: 2, m: 4 }).data; // → new Uint8Array([0, 1, 1, 0, 0, 0, 1, 1])
 */
export function nmMask(weight: NDArray, options: NmOptions): NDArray {
  assertNm(options);
  assertWeight('The weight', weight);
  const magnitudes = (weight.data as Float32Array).map(Math.abs);
  return highestOfGroups(array(weight.shape, magnitudes), options);
}

/**
 * N:M as a granularity, for any criterion: sparsity is 1 - n / m and nothing else. An axis of one or two inputs (the first layer's) keeps its
 * weights, see `nmMask`.
 * @throws LabError `prune/n-m` unless 1 ≤ n ≤ m; its mask throws `prune/sparsity` for another sparsity.
 */
export function nm(options: NmOptions): Granularity {
  assertNm(options);
  const { n, m } = options;
  return Object.freeze({
    name: `${n}:${m}`,
    mask(scores: NDArray, { sparsity }: { readonly sparsity: number }): NDArray {
      assertFixedSparsity(`${n}:${m}`, 1 - n / m, sparsity);
      return highestOfGroups(scores, options);
    },
  });
}

function highestOfGroups({ shape, data }: NDArray, { n, m, axis = -2 }: NmOptions): NDArray {
  const along = axisOf(shape, axis < 0 && shape.length === 1 ? 0 : axis);
  const length = shape[along] as number;
  const inner = shape.slice(along + 1).reduce((product, size) => product * size, 1);
  const kept = allocate('uint8', data.length);
  for (let start = 0; start < kept.length; start += length * inner)
    for (let first = 0; first < length; first += m)
      for (let i = 0; i < inner; i++)
        keepHighest(data, kept, { at: start + first * inner + i, stride: inner, size: Math.min(m, length - first), n });
  return array(shape, kept, 'uint8');
}

interface Group {
  readonly at: number;
  readonly stride: number;
  readonly size: number;
  readonly n: number;
}

/** Keeps an element when fewer than n others rank before it: higher, or equal with a higher index. -Infinity marks what is pruned already. */
function keepHighest(scores: ArrayLike<number>, kept: NDArray['data'], { at, stride, size, n }: Group): void {
  for (let i = 0; i < size; i++) {
    const own = scores[at + i * stride] as number;
    let before = 0;
    for (let j = 0; j < size; j++) {
      const other = scores[at + j * stride] as number;
      if (other > own || (other === own && j > i)) before++;
    }
    if (before < n && own > Number.NEGATIVE_INFINITY) kept[at + i * stride] = 1;
  }
}

function assertNm({ n, m }: NmOptions): void {
  if (Number.isInteger(n) && Number.isInteger(m) && n >= 1 && n <= m) return;
  throw new LabError('prune/n-m', `N:M keeps n of every m values, 1 ≤ n ≤ m; got n = ${n}, m = ${m}.`, 'For 2:4 sparsity: { n: 2, m: 4 }.');
}
