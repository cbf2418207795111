import { prunedCount } from '../../../model/sparsity.ts';
import { allocate, array, type NDArray } from '../../../tensor/array.ts';
import { LabError } from '../../../tensor/errors.ts';
import { pruneLowest } from '../select.ts';
import { axisOf } from './axis.ts';
import type { Granularity } from './granularity.ts';

/**
 * Load-balance-aware pruning: index i of `axis` (default -1, the outputs) belongs to processing element i mod `elements`, and each element's
 * weights are pruned by themselves to the same sparsity, so that none waits for another. Source: Han et al. 2017, ESE, §3.
 * @throws LabError `prune/elements` unless `elements` is a whole number from 1 on; its mask throws `prune/axis`.
 * @example
 * const scores = array([2, 2], [9, 1, 8, 2]);
 * loadBalanced({ elements: 2 }).mask(scores, { sparsity: 0.5 }).data; // → new Uint8Array([1, 0, 0, 1])
 */
export function loadBalanced({ elements, axis = -1 }: { readonly elements: number; readonly axis?: number }): Granularity {
  if (!Number.isInteger(elements) || elements < 1)
    throw new LabError('prune/elements', `Weights are shared among 1 or more processing elements; got ${elements}.`, 'ESE has 32.');
  return Object.freeze({
    name: `load-balanced(${elements})`,
    mask(scores: NDArray, { sparsity }: { readonly sparsity: number }): NDArray {
      const along = axisOf(scores.shape, axis);
      const inner = scores.shape.slice(along + 1).reduce((product, size) => product * size, 1);
      const length = scores.shape[along] as number;
      const members: number[][] = Array.from({ length: elements }, () => []);
      for (let i = 0; i < scores.data.length; i++) members[(Math.floor(i / inner) % length) % elements]?.push(i);
      const mask = allocate('uint8', scores.data.length);
      for (const own of members) {
        const kept = pruneLowest(
          Float32Array.from(own, i => scores.data[i] as number),
          prunedCount(sparsity, own.length),
        );
        for (const [at, i] of own.entries()) mask[i] = kept[at] as number;
      }
      return array(scores.shape, mask, 'uint8');
    },
  });
}
