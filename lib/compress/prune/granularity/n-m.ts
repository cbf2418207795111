import { allocate, array, type NDArray } from '../../../tensor/array.ts';
import { LabError } from '../../../tensor/errors.ts';

/** N:M sparsity: of every `m` neighbours along `axis`, the `n` largest magnitudes are kept. */
export interface NmOptions {
  readonly n: number;
  readonly m: number;
  /** Default: the axis before the last, the inputs of a kernel [in, out] or [kh, kw, in, out], along which hardware multiplies and adds. */
  readonly axis?: number;
}

/**
 * Mask (uint8, 1 = kept) that keeps the n largest |w| of every m neighbours along an axis: density n / m, 2:4 on today's GPUs. Of equal
 * magnitudes the lower index is pruned first. A last group of r < m values, as if filled up with zeros, keeps min(n, r).
 * Source: Mishra et al. 2021, Accelerating Sparse Deep Neural Networks.
 * @throws LabError `prune/n-m` unless 1 ≤ n ≤ m and the axis exists; `prune/weight` for a NaN or packed int4 values.
 * @example
 * nmMask(array([8, 1], [1, -4, 3, 2, 5, 5, 5, 5]), { n: 2, m: 4 }).data; // → new Uint8Array([0, 1, 1, 0, 0, 0, 1, 1])
 */
export function nmMask(weight: NDArray, { n, m, axis = Math.max(0, weight.shape.length - 2) }: NmOptions): NDArray {
  assertNm(weight, { n, m, axis });
  const length = weight.shape[axis] as number;
  const inner = weight.shape.slice(axis + 1).reduce((product, size) => product * size, 1);
  const kept = allocate('uint8', weight.data.length);
  const line = length * inner;
  for (let start = 0; start < kept.length; start += line)
    for (let first = 0; first < length; first += m)
      for (let i = 0; i < inner; i++)
        keepLargest(weight.data, kept, { at: start + first * inner + i, stride: inner, size: Math.min(m, length - first), n });
  return array(weight.shape, kept, 'uint8');
}

interface Group {
  readonly at: number;
  readonly stride: number;
  readonly size: number;
  readonly n: number;
}

/** Keeps an element when fewer than n others rank before it: larger, or equal with a higher index. */
function keepLargest(weights: ArrayLike<number>, kept: NDArray['data'], { at, stride, size, n }: Group): void {
  for (let i = 0; i < size; i++) {
    const own = Math.abs(weights[at + i * stride] as number);
    let before = 0;
    for (let j = 0; j < size; j++) {
      const other = Math.abs(weights[at + j * stride] as number);
      if (other > own || (other === own && j > i)) before++;
    }
    if (before < n) kept[at + i * stride] = 1;
  }
}

function assertNm({ shape, dtype, data }: NDArray, { n, m, axis }: Required<NmOptions>): void {
  if (!Number.isInteger(n) || !Number.isInteger(m) || n < 1 || n > m)
    throw new LabError(
      'prune/n-m',
      `N:M keeps n of every m values, 1 ≤ n ≤ m; got n = ${n}, m = ${m}.`,
      'For 2:4 sparsity: { n: 2, m: 4 }.',
    );
  if (!Number.isInteger(axis) || axis < 0 || axis >= shape.length)
    throw new LabError('prune/n-m', `A weight of shape [${shape.join(', ')}] has no axis ${axis}.`, 'Axes count from 0.');
  if (dtype === 'int4' || data.some(value => Number.isNaN(value)))
    throw new LabError(
      'prune/weight',
      dtype === 'int4' ? 'Packed int4 weights have no magnitudes to rank.' : `The weight of shape [${shape.join(', ')}] holds a NaN.`,
      'Look at the layer that made it: its real values must be finite before they can be ranked.',
    );
}
