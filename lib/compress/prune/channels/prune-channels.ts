import { type ChannelGroup, channelGroups, groupNamed } from '../../../model/channels/groups.ts';
import { type Selection, selectChannels } from '../../../model/channels/surgery.ts';
import type { Model } from '../../../model/model.ts';
import { LabError } from '../../../tensor/errors.ts';
import { channelsToKeep } from './channels-to-keep.ts';
import { byImportance, type ChannelImportance, type ChannelScores, scoresOf } from './importance/importance.ts';
import { channelNorm } from './importance/norm.ts';

/** Which channels go: a share of each group, or all but those named. */
export interface PruneChannelsOptions {
  /** Share of the channels that goes, in [0, 1): of every prunable group, or of those that are named. */
  readonly ratio?: number | Readonly<Record<string, number>>;
  /** Instead of a ratio: the channels that stay, in this order, by name of the group. */
  readonly keep?: Readonly<Record<string, readonly number[]>>;
  /** With a ratio, what tells channels apart; default: L2 norm of the next layers' weights. `firstChannels` keeps the first ones. */
  readonly importance?: ChannelImportance | ChannelScores;
  /** Names of the groups that lose channels; default: all prunable ones. */
  readonly groups?: readonly string[];
}

/** Scores that fall from channel to channel, so that the first ones are kept: pruning without a look at the weights. */
export const firstChannels: ChannelImportance = (_, { channels }) => Float64Array.from({ length: channels }, (_, i) => channels - i);

/**
 * Removes channels from every layer that shares them, so that the network is really smaller: of n channels round(n · (1 - ratio)) stay, those
 * with the highest importance (of equal ones the first), in their old order. Li et al. 2017; groups after Fang et al. 2023.
 * @throws LabError `prune/ratio`, `prune/no-channels`, `prune/keep`, `prune/group`, `prune/fixed`, `prune/scores`, before anything is changed.
 * @example
 * const small = pruneChannels(vgg(), { ratio: 0.3, groups: ['conv2d-1', 'conv2d-2'] });
 * inferShapes(small).get('conv2d-2'); // → [28, 28, 11]
 */
export function pruneChannels(model: Model, options: PruneChannelsOptions): Model {
  const { ratio, keep } = options;
  if ((ratio === undefined) === (keep === undefined))
    throw new LabError('prune/options', 'pruneChannels takes either a ratio or the channels to keep.', 'Such as { ratio: 0.3 }.');
  const groups = channelGroups(model);
  return selectChannels(model, keep ? kept(groups, keep) : chosen(model, groups, options));
}

/**
 * The same function with the channels of every prunable group in falling order of importance (equal ones keep their order): outputs agree up to
 * the order of additions. After it, the first channels are the ones to keep.
 * @throws LabError `prune/scores`, `prune/group`, `prune/fixed`.
 */
export function sortChannels(
  model: Model,
  importance: ChannelImportance | ChannelScores = channelNorm({ of: 'in' }),
  options: { readonly groups?: readonly string[] } = {},
): Model {
  const groups = prunable(channelGroups(model), options.groups);
  return selectChannels(model, new Map(groups.map(group => [group, byImportance(scoresOf(model, group, importance))])));
}

/** The groups with these names, or all that may be pruned. */
function prunable(groups: readonly ChannelGroup[], names: readonly string[] | undefined): readonly ChannelGroup[] {
  if (!names) return groups.filter(({ fixed }) => fixed === undefined);
  return names.map(name => assertPrunable(groupNamed(groups, name)));
}

function assertPrunable(group: ChannelGroup): ChannelGroup {
  if (group.fixed === undefined) return group;
  throw new LabError(
    'prune/fixed',
    `The channels of group ${group.name} must all stay: ${group.fixed}.`,
    'prunableGroups(model) lists the others.',
  );
}

function chosen(model: Model, groups: readonly ChannelGroup[], options: PruneChannelsOptions): Selection {
  const { ratio = 0, importance = channelNorm({ of: 'in' }) } = options;
  const byName = typeof ratio === 'number' ? undefined : ratio;
  const shares = prunable(groups, byName ? Object.keys(byName) : options.groups).map(group => {
    const share = byName ? (byName[group.name] as number) : (ratio as number);
    return [group, channelsToKeep(group.channels, share, `Group ${group.name}`)] as const;
  });
  const best = (group: ChannelGroup, count: number): number[] =>
    byImportance(scoresOf(model, group, importance))
      .slice(0, count)
      .sort((a, b) => a - b);
  return new Map(shares.map(([group, count]) => [group, count === group.channels ? all(group) : best(group, count)]));
}

const all = ({ channels }: ChannelGroup): number[] => Array.from({ length: channels }, (_, i) => i);

function kept(groups: readonly ChannelGroup[], keep: Readonly<Record<string, readonly number[]>>): Selection {
  return new Map(
    Object.entries(keep).map(([name, channels]) => {
      const group = assertPrunable(groupNamed(groups, name));
      if (channels.length === 0)
        throw new LabError('prune/no-channels', `Group ${name} would lose all of its ${group.channels} channels.`, 'Keep at least one.');
      const wrong = channels.find((c, i) => !Number.isInteger(c) || c < 0 || c >= group.channels || channels.indexOf(c) !== i);
      if (wrong !== undefined)
        throw new LabError(
          'prune/keep',
          `Group ${name} has the channels 0 to ${group.channels - 1}; ${wrong} is none of them, or stands there twice.`,
          'Name each channel to keep once.',
        );
      return [group, channels];
    }),
  );
}
