import type { Model } from '../../model/model.ts';
import { assertSparsity } from '../../model/sparsity.ts';
import type { NDArray } from '../../tensor/array.ts';
import { fineGrained } from './granularity/fine-grained.ts';
import type { Granularity } from './granularity/granularity.ts';
import type { Criterion } from './importance/criterion.ts';
import { l1, magnitudes } from './importance/norm.ts';
import { type PruneOptions, pruneByImportance } from './prune.ts';
import { assertWeight } from './weights.ts';

/**
 * The mask, uint8 (1 = kept), that prunes the round(sparsity · n) weights of smallest |w|; of equals the lower index goes first. With a
 * granularity, groups go by the norm of this order (1: Σ |w|, 2: √(Σ w²)). Exact, O(n). Han et al. 2015.
 * @throws LabError `prune/sparsity`, `prune/empty`, `prune/finite`, `prune/dtype`.
 * @example
 * magnitudeMask(array([2, 2], [3, -2, 1, -5]), 0.5).data; // → Uint8Array.of(1, 0, 0, 1)
 */
export function magnitudeMask(
  weight: NDArray,
  sparsity: number,
  options: { readonly granularity?: Granularity; readonly order?: number } = {},
): NDArray {
  assertSparsity('magnitudeMask', sparsity);
  assertWeight('The weight', weight);
  const { granularity = fineGrained(), order } = options;
  return granularity.mask(magnitudes(weight), { sparsity, order });
}

/**
 * Prunes the weights of smallest magnitude: `pruneByImportance` with |w| (groups: Σ |w|), or another criterion. Han et al. 2015.
 * @throws LabError `prune/sparsity`, `prune/parameter`, `prune/empty`, `prune/finite`, `prune/revive`, `prune/global` … as `pruneByImportance`.
 * @example
 * const model = mlp({ input: [8], hidden: [16], classes: 4, seed: 1 });
 * sparsity(pruneMagnitude(model, { sparsity: 0.75 })); // → 0.75
 */
export function pruneMagnitude(model: Model, options: PruneOptions & { readonly criterion?: Criterion }): Model {
  return pruneByImportance(model, { ...options, criterion: options.criterion ?? l1() });
}
