import type { Model } from '../../../model/model.ts';
import { byImportance, scoresOf } from '../channels/importance/importance.ts';
import { channelNorm } from '../channels/importance/norm.ts';
import { type PruneChannelsOptions, pruneChannels } from '../channels/prune-channels.ts';
import { channelGroups, groupNamed, prunableGroups } from '../graph/groups.ts';
import type { Criterion } from '../importance/criterion.ts';
import { pruneMagnitude } from '../magnitude.ts';
import { maskSparsity } from '../masks.ts';
import { assertWeights, weightNames } from '../weights.ts';
import type { Allocation } from './uniform.ts';

/** Units left, by name of the part. */
export type Kept = Readonly<Record<string, number>>;

/** What an allocation is searched over: the parts of one model that lose units (channels, weights), each a number of its own. */
export interface PruningSpace {
  /** The units that each part has now. */
  readonly units: Kept;
  /** The model with so many units left, 1 ≤ kept ≤ units; parts that are not named stay as they are. */
  keep(kept: Kept): Model;
}

/**
 * Parts are groups of coupled channels, as for `pruneChannels`: the least important go first, by scores taken once. All prunable groups, and the
 * L2 norm of the next layers' weights, unless told.
 * @throws LabError `prune/group`, `prune/scores` when the space is opened on a model.
 */
export function channelSpace(options: Pick<PruneChannelsOptions, 'groups' | 'importance'> = {}): (model: Model) => PruningSpace {
  const { importance = channelNorm({ of: 'in' }) } = options;
  return model => {
    const all = options.groups && channelGroups(model);
    const groups = all ? (options.groups ?? []).map(name => groupNamed(all, name)) : prunableGroups(model);
    const orders = new Map(groups.map(group => [group.name, byImportance(scoresOf(model, group, importance))]));
    const best = (name: string, count: number): number[] => (orders.get(name) ?? []).slice(0, count).sort((a, b) => a - b);
    return Object.freeze({
      units: Object.fromEntries(groups.map(({ name, channels }) => [name, channels])),
      keep: (kept: Kept) =>
        pruneChannels(model, { keep: Object.fromEntries(Object.entries(kept).map(([name, count]) => [name, best(name, count)])) }),
    });
  };
}

/**
 * Parts are weight arrays, units their weights that no mask has pruned: `pruneMagnitude` with this criterion. All weights unless told.
 * @throws LabError `prune/parameter`, `prune/empty`, `prune/finite` when the space is opened on a model.
 */
export function weightSpace(
  options: { readonly criterion?: Criterion; readonly parameters?: readonly string[] } = {},
): (model: Model) => PruningSpace {
  return model => {
    const { criterion, parameters = weightNames(model) } = options;
    assertWeights(model, parameters);
    const sizes = new Map(parameters.map(name => [name, model.parameters[name]?.value.data.length as number]));
    const left = (name: string): number => {
      const [size, mask] = [sizes.get(name) as number, model.parameters[name]?.mask];
      return mask ? size - Math.round(maskSparsity(mask) * size) : size;
    };
    return Object.freeze({
      units: Object.fromEntries(parameters.map(name => [name, left(name)] as const).filter(([, count]) => count > 0)),
      keep: (kept: Kept) =>
        pruneMagnitude(model, {
          sparsity: Object.fromEntries(Object.entries(kept).map(([name, count]) => [name, 1 - count / (sizes.get(name) as number)])),
          criterion,
        }),
    });
  };
}

/** The share of its units that each part loses, 0–1: what `pruneChannels` takes as `ratio`. */
export function ratiosOf({ units }: PruningSpace, kept: Kept): Allocation {
  return Object.fromEntries(Object.entries(units).map(([name, all]) => [name, 1 - (kept[name] ?? all) / all]));
}

/** How many units stay when each part loses this share: round(units · (1 - ratio)), at least 1. */
export function keptOf({ units }: PruningSpace, ratios: Allocation): Kept {
  return Object.fromEntries(Object.entries(units).map(([name, all]) => [name, Math.max(1, Math.round(all * (1 - (ratios[name] ?? 0))))]));
}
