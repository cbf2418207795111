import type { ChannelGroup } from '../../../../model/channels/groups.ts';
import type { Model } from '../../../../model/model.ts';
import { LabError } from '../../../../tensor/errors.ts';

/** Scores the channels of a group, one number each: the least important ones are pruned first. */
export type ChannelImportance = (model: Model, group: ChannelGroup) => ArrayLike<number>;

/** Scores that were measured beforehand, by name of the group. */
export type ChannelScores = Readonly<Record<string, ArrayLike<number>>>;

/**
 * The scores of one group, checked.
 * @throws LabError `prune/scores` when they are missing, too few, too many or not numbers (NaN weights, say).
 */
export function scoresOf(model: Model, group: ChannelGroup, importance: ChannelImportance | ChannelScores): ArrayLike<number> {
  const scores = typeof importance === 'function' ? importance(model, group) : importance[group.name];
  if (scores?.length !== group.channels)
    throw new LabError(
      'prune/scores',
      `Group ${group.name} has ${group.channels} channels; the importance gives ${scores?.length ?? 'no'} scores.`,
      'An importance gives one score for each channel.',
    );
  for (let channel = 0; channel < scores.length; channel++)
    if (Number.isNaN(scores[channel]))
      throw new LabError('prune/scores', `The score of channel ${channel} of group ${group.name} is NaN.`, 'Check its weights for NaN.');
  return scores;
}

/** Channels from the most to the least important; equal ones keep their order. */
export function byImportance(scores: ArrayLike<number>): number[] {
  return Array.from({ length: scores.length }, (_, i) => i).sort((a, b) => (scores[b] as number) - (scores[a] as number));
}

/** Computes once for a model what all of its groups need. */
export function oncePerModel<T>(compute: (model: Model) => T): (model: Model) => T {
  const known = new WeakMap<Model, T>();
  return model => {
    const found = known.get(model) ?? compute(model);
    known.set(model, found);
    return found;
  };
}
