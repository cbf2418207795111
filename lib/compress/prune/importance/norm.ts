import { weightValue } from '../../../model/weights.ts';
import { array, type NDArray } from '../../../tensor/array.ts';
import { LabError } from '../../../tensor/errors.ts';
import type { Criterion } from './criterion.ts';

/** |w| for each weight, by clearing the sign bit. */
export function magnitudes(weight: NDArray): NDArray {
  const from = new Int32Array(weight.data.buffer, weight.data.byteOffset, weight.data.length);
  const to = new Float32Array(from.length);
  const bits = new Int32Array(to.buffer);
  for (let i = 0; i < from.length; i++) bits[i] = (from[i] as number) & 0x7fffffff;
  return array(weight.shape, to);
}

/** Magnitude with the norm of order p: |w| for a weight, (Σ |w|^p)^(1/p) for a group. @throws LabError `prune/order` unless p > 0. */
export function lp(p: number): Criterion {
  if (!(p > 0 && p < Number.POSITIVE_INFINITY))
    throw new LabError('prune/order', `The order of a norm is a number above 0; got ${p}.`, 'Use l1() or l2().');
  return Object.freeze({
    name: `l${p}`,
    order: p,
    scores: (model, names) => Object.fromEntries(names.map(name => [name, magnitudes(weightValue(model, name))])),
  } satisfies Criterion);
}

/** Magnitude: |w| for a weight, Σ |w| for a group. Han et al. 2015. */
export function l1(): Criterion {
  return lp(1);
}

/** Magnitude: |w| for a weight, √(Σ w²) for a group. */
export function l2(): Criterion {
  return lp(2);
}
