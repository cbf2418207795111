import type { Model } from '../../../model/model.ts';
import type { Granularity } from '../granularity/granularity.ts';
import type { Criterion } from '../importance/criterion.ts';
import { pruneByImportance } from '../prune.ts';

/** How much goes before training, by which criterion. */
export interface AtInitializationOptions {
  /** Share of all weights together that become 0, 0–1. */
  readonly sparsity: number;
  /** `snip` or `grasp` of one batch; any criterion. */
  readonly criterion: Criterion;
  /** Default: single weights. */
  readonly granularity?: Granularity;
  /** Names of the parameters to prune; default: all weights. */
  readonly parameters?: readonly string[];
  /** Leave a layer without any weight rather than refuse; default false. `collapsedLayers` then names it. */
  readonly allowCollapse?: boolean;
}

/**
 * Pruning before training: keeps the (1 - sparsity) · n weights with the highest scores in the whole network, to be trained as they are, and
 * refuses to cut a layer off. Lee et al. 2019, §4; Wang et al. 2020.
 * @throws LabError `prune/collapse` when a layer would lose all of its weights, and as `pruneByImportance`.
 * @example
 * const data = strokeGlyphs({ count: 64, seed: 1 });
 * const model = pruneAtInitialization(mlp({ hidden: [10] }), { sparsity: 0.8, criterion: snip({ data }) });
 * sparsity(model); // → 0.8
 */
export function pruneAtInitialization(model: Model, options: AtInitializationOptions): Model {
  const { allowCollapse = false, ...choice } = options;
  return pruneByImportance(model, { ...choice, scope: 'global', refuseCollapse: !allowCollapse });
}
