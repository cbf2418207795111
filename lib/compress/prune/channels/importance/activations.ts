import type { Dataset } from '../../../../data/dataset.ts';
import { type ChannelGroup, prunableGroups } from '../../../../model/channels/groups.ts';
import { batchOf, forward } from '../../../../model/forward.ts';
import type { Model } from '../../../../model/model.ts';
import { LabError } from '../../../../tensor/errors.ts';
import { tf } from '../../../../tensor/tf.ts';
import { type Examples, examplesOf } from '../../../../train/examples.ts';

const activations = new Set(['relu', 'relu6', 'leaky-relu', 'sigmoid', 'tanh', 'swish', 'hard-swish']);

const passed = (model: Model, { values }: ChannelGroup): string[] =>
  model.nodes.filter(({ id, op }) => activations.has(op) && values[id] !== undefined).map(({ id }) => id);

/**
 * The activation functions that a group's channels pass, by node.
 * @throws LabError `prune/activation` when there are none.
 */
export function activationNodes(model: Model, group: ChannelGroup): string[] {
  const nodes = passed(model, group);
  if (nodes.length > 0) return nodes;
  throw new LabError(
    'prune/activation',
    `The channels of group ${group.name} pass no activation function.`,
    'Use channelNorm for this group.',
  );
}

/** Runs the examples through the model and lists what `summary` makes of each batch of each activation, by node. */
export function summarize(
  model: Model,
  data: Dataset | Examples,
  summary: (value: tf.Tensor) => tf.Tensor,
): ReadonlyMap<string, Float32Array[]> {
  const { inputs } = examplesOf(data);
  const nodes = new Set(prunableGroups(model).flatMap(group => passed(model, group)));
  const found = new Map<string, Float32Array[]>();
  const [count = 0] = inputs.shape;
  for (let from = 0; from < count; from += 128) {
    tf.tidy(() => {
      const x = batchOf(inputs, from, Math.min(from + 128, count));
      forward(model, x, {
        onActivation({ id }, value) {
          if (nodes.has(id)) found.set(id, [...(found.get(id) ?? []), summary(value).dataSync() as Float32Array]);
        },
      });
    });
  }
  return found;
}
