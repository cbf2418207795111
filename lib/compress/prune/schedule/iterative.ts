import type { Dataset } from '../../../data/dataset.ts';
import type { Model } from '../../../model/model.ts';
import { assertSparsity } from '../../../model/sparsity.ts';
import { LabError } from '../../../tensor/errors.ts';
import type { Examples } from '../../../train/examples.ts';
import { type FineTuneOptions, pruneAndFineTune } from './one-shot.ts';

/**
 * Sparsities that remove the same share of what is left in each of `rounds` rounds: s_k = 1 - (1 - s)^(k / rounds), k = 1 … rounds.
 * @throws LabError `prune/sparsity`, `prune/rounds`.
 * @example
 * geometricSparsities(0.75, 2); // → [0.5, 0.75]
 */
export function geometricSparsities(sparsity: number, rounds: number): readonly number[] {
  assertSparsity('geometricSparsities', sparsity);
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new LabError('prune/rounds', `The number of rounds is a whole number from 1; got ${rounds}.`, 'Five rounds are usual.');
  // the last is the sparsity itself, whatever powers round to
  return Array.from({ length: rounds }, (_, k) => (k + 1 === rounds ? sparsity : 1 - (1 - sparsity) ** ((k + 1) / rounds)));
}

/**
 * Iterative pruning: prunes a little and trains what is left, round after round, with `geometricSparsities`. The options of `fit` hold for each
 * round. Han et al. 2015.
 * @throws LabError `prune/rounds`, and as `pruneAndFineTune`.
 */
export async function pruneIteratively(
  model: Model,
  data: Dataset | Examples,
  options: FineTuneOptions & { readonly rounds: number },
): Promise<Model> {
  const { sparsity, rounds, ...each } = options;
  let current = model;
  for (const step of geometricSparsities(sparsity, rounds)) current = await pruneAndFineTune(current, data, { ...each, sparsity: step });
  return current;
}
