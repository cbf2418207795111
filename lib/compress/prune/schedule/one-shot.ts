import type { Dataset } from '../../../data/dataset.ts';
import type { Model } from '../../../model/model.ts';
import type { Examples } from '../../../train/examples.ts';
import { fit } from '../../../train/fit.ts';
import type { FitOptions } from '../../../train/options.ts';
import { pruneMagnitude } from '../magnitude.ts';

/** Makes a model of this sparsity out of one that is less sparse. */
export type Pruner = (model: Model, sparsity: number) => Model;

/** Smallest magnitudes, each layer alike. */
export const byMagnitude: Pruner = (model, sparsity) => pruneMagnitude(model, { sparsity });

/** Training after pruning, and how much is pruned. */
export interface FineTuneOptions extends FitOptions {
  /** Share of the weights that end up 0, 0–1. */
  readonly sparsity: number;
  /** How to prune; default: magnitude, each layer alike. */
  readonly prune?: Pruner;
}

/**
 * One-shot pruning: prunes at once, then trains what is left; the other options are those of `fit`. Masked weights stay 0. Han et al. 2015.
 * @throws LabError `prune/sparsity`, `train/options` … as `pruneMagnitude` and `fit`.
 */
export async function pruneAndFineTune(model: Model, data: Dataset | Examples, options: FineTuneOptions): Promise<Model> {
  const { sparsity, prune = byMagnitude, ...training } = options;
  return fit(prune(model, sparsity), data, training);
}
