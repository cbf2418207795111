import { channelGroups, groupNamed, prunableGroups } from '../../../model/channels/groups.ts';
import type { Model, Parameter } from '../../../model/model.ts';
import { realShape } from '../../../model/quantization/quantization.ts';
import { weightNames } from '../../../model/weights.ts';
import type { Kept, PruningSpace } from '../../../search/kept.ts';
import { sizeOf } from '../../../tensor/shape.ts';
import { byImportance, scoresOf } from '../channels/importance/importance.ts';
import { channelNorm } from '../channels/importance/norm.ts';
import { type PruneChannelsOptions, pruneChannels } from '../channels/prune-channels.ts';
import type { Criterion } from '../importance/criterion.ts';
import { pruneMagnitude } from '../magnitude.ts';
import { maskSparsity } from '../masks.ts';
import { assertWeights } from '../weights.ts';

/**
 * Parts are groups of coupled channels, as for `pruneChannels`: the least important go first, by scores taken once. Default: all prunable groups,
 * by the L2 norm of the next layers' weights.
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
 * Parts are weight arrays, units their weights that no mask has pruned: `pruneMagnitude` with this criterion. Default: all weights.
 * @throws LabError `prune/parameter`, `prune/empty`, `prune/finite` when the space is opened on a model.
 */
export function weightSpace(
  options: { readonly criterion?: Criterion; readonly parameters?: readonly string[] } = {},
): (model: Model) => PruningSpace {
  return model => {
    const { criterion, parameters = weightNames(model) } = options;
    assertWeights(model, parameters);
    const sizes = new Map(parameters.map(name => [name, sizeOf(realShape(model.parameters[name] as Parameter))]));
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
