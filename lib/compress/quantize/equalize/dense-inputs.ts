import type { Dataset } from '../../../data/dataset.ts';
import { summarizeActivations } from '../../../inspect/activations.ts';
import { type Model, nodeOf } from '../../../model/model.ts';
import { LabError } from '../../../tensor/errors.ts';
import { firstNotFinite } from '../../../tensor/finite.ts';
import { tf } from '../../../tensor/tf.ts';
import type { Examples } from '../../../train/examples.ts';
import { type Joint, jointsOf } from './joints.ts';

/**
 * The joints that dense layers alone read, with no ReLU6 between: where factors can be moved from activations into weights.
 * @throws LabError `quantize/equalize` when there are none.
 */
export function denseJoints(model: Model): readonly Joint[] {
  const joints = jointsOf(model).filter(({ readers, clamps }) => clamps.length === 0 && readers.every(({ op }) => op === 'dense'));
  if (joints.length > 0) return joints;
  throw new LabError(
    'quantize/equalize',
    `No dense layer of ${model.name} reads a normalisation or another layer, with nothing but ReLU and views between.`,
    'Factors on activations need something before them that takes them in.',
  );
}

/** Which number of the many |x| of a channel counts. */
export type ChannelSize = 'largest' | 'mean';

/**
 * The largest or the mean |x| of each channel of each joint, over all examples and places of what its readers read.
 * @throws LabError `quantize/finite` where that is not finite, `train/examples`.
 */
export function channelSizes(
  model: Model,
  joints: readonly Joint[],
  { data, of }: { readonly data: Dataset | Examples; readonly of: ChannelSize },
): readonly Float64Array[] {
  const readBy = joints.map(({ readers }) => [...new Set(readers.map(({ node }) => nodeOf(model, node).inputs[0] as string))]);
  const summaries = summarizeActivations(model, data, {
    nodes: readBy.flat(),
    of(value) {
      const rows = tf.abs(value.reshape([-1, value.shape.at(-1) ?? 1]));
      // a row of sums, and how many there were
      return of === 'largest' ? tf.max(rows, 0) : tf.concat([tf.sum(rows, 0), tf.tensor1d([rows.shape[0] as number])]);
    },
  });
  return joints.map(({ channels, values }, j) => {
    const [sum, largest] = [new Float64Array(channels), new Float64Array(channels)];
    let count = 0;
    for (const id of readBy[j] as string[]) {
      const positions = values[id] as Int32Array;
      const copies = positions.length / channels;
      for (const batch of summaries.get(id) ?? []) {
        if (firstNotFinite(batch) >= 0)
          throw new LabError('quantize/finite', `The value of ${id} is not finite.`, 'Look for NaN in the data and the weights.');
        for (const [place, position] of positions.entries()) {
          const channel = Math.floor(place / copies);
          sum[channel] += batch[position];
          largest[channel] = Math.max(largest[channel], batch[position]);
        }
        count += of === 'mean' ? copies * (batch.at(-1) as number) : 0;
      }
    }
    return of === 'largest' ? largest : sum.map(total => total / count);
  });
}
