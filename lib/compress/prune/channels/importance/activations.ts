import type { Dataset } from '../../../../data/dataset.ts';
import { activationNodes, summarizeActivations } from '../../../../inspect/activations.ts';
import { type ChannelGroup, prunableGroups } from '../../../../model/channels/groups.ts';
import type { Model } from '../../../../model/model.ts';
import { LabError } from '../../../../tensor/errors.ts';
import type { tf } from '../../../../tensor/tf.ts';
import type { Examples } from '../../../../train/examples.ts';

const passed = (model: Model, { values }: ChannelGroup): string[] => activationNodes(model).filter(id => values[id] !== undefined);

/**
 * The activation functions that a group's channels pass, by node.
 * @throws LabError `prune/activation` when there are none.
 */
export function activationsOf(model: Model, group: ChannelGroup): string[] {
  const nodes = passed(model, group);
  if (nodes.length > 0) return nodes;
  throw new LabError(
    'prune/activation',
    `The channels of group ${group.name} pass no activation function.`,
    'Use channelNorm for this group.',
  );
}

/** What `of` makes of each batch of each activation that prunable channels pass, by node. */
export function summarize(
  model: Model,
  data: Dataset | Examples,
  of: (value: tf.Tensor) => tf.Tensor,
): ReadonlyMap<string, readonly Float32Array[]> {
  return summarizeActivations(model, data, { nodes: prunableGroups(model).flatMap(group => passed(model, group)), of });
}
