import { prunedCount } from '../../../model/sparsity.ts';
import type { Allocation } from '../../../search/allocation.ts';
import type { NDArray } from '../../../tensor/array.ts';
import { LabError } from '../../../tensor/errors.ts';
import { type Granularity, groupScores } from '../granularity/granularity.ts';
import { pruneLowest } from '../select.ts';

/** What a global threshold is found with. */
export interface GlobalChoice {
  readonly sparsity: number;
  readonly granularity: Granularity;
  readonly order?: number;
}

/**
 * One threshold over all layers: the round(sparsity · groups) lowest groups of the whole network go; this returns the share of each layer that
 * falls with them. Of equals the first go, in the order of the parameters.
 * @throws LabError `prune/global` for a granularity that is not made of groups (N:M, patterns).
 */
export function globalAllocation(scores: Readonly<Record<string, NDArray>>, choice: GlobalChoice): Allocation {
  const { sparsity, granularity, order } = choice;
  const tile = granularity.tile;
  if (!tile)
    throw new LabError(
      'prune/global',
      `${granularity.name} fixes how much each layer keeps; no threshold spans the layers.`,
      'Use scope "layer".',
    );
  const names = Object.keys(scores);
  const parts = names.map(name => {
    const of = scores[name] as NDArray;
    return groupScores(of, { tile: tile(of.shape), order }).scores;
  });
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  const kept = pruneLowest(all, prunedCount(sparsity, all.length));
  let from = 0;
  return Object.fromEntries(
    names.map((name, i) => {
      const groups = (parts[i] as Float32Array).length;
      let pruned = 0;
      for (let k = from; k < from + groups; k++) pruned += 1 - (kept[k] as number);
      from += groups;
      return [name, pruned / groups];
    }),
  );
}
