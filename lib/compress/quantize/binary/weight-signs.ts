import { channelAxesOf } from '../../../model/channel-axes.ts';
import type { Model } from '../../../model/model.ts';
import { realValue } from '../../../model/real-value.ts';
import { unknownParameter, weightNames } from '../../../model/weights.ts';
import type { NDArray } from '../../../tensor/array.ts';
import { LabError } from '../../../tensor/errors.ts';
import type { Shape } from '../../../tensor/shape.ts';
import { tf } from '../../../tensor/tf.ts';
import { upload } from '../../../tensor/upload.ts';
import type { Granularity } from '../granularity/granularity.ts';
import type { WeightChoice } from '../masked-value.ts';
import { assertNumbers } from './magnitudes.ts';

/** A weight that is trained in one or two bits. */
export interface SignedWeight {
  readonly name: string;
  readonly mask?: NDArray;
  /** Axes over which a tile goes: means are taken over them. */
  readonly axes: readonly number[];
}

/**
 * The weights that options name, finite at the start.
 * @throws LabError `quantize/parameter`, `quantize/empty`, `quantize/finite`, `quantize/granularity` for tiles that are cut within an axis.
 */
export function signedWeights(
  model: Model,
  { parameters = weightNames(model) }: WeightChoice,
  granularity: Granularity,
): readonly SignedWeight[] {
  return parameters.map(name => {
    const parameter = model.parameters[name];
    if (!parameter) throw unknownParameter(model, name, 'quantize/parameter');
    const value = realValue(parameter);
    assertNumbers(value, `Parameter ${name}`);
    const { mask } = parameter;
    return { name, axes: wholeAxes(value.shape, granularity.tile(value.shape, channelAxesOf(model, name)), name), ...(mask && { mask }) };
  });
}

function wholeAxes(shape: Shape, tile: Shape, name: string): readonly number[] {
  if (tile.some((size, axis) => size !== 1 && size !== shape[axis]))
    throw new LabError(
      'quantize/granularity',
      `Parameter ${name}: training takes tiles that are whole or single along each axis; got [${tile}] of [${shape}].`,
      'tensor() and axis(a) give such tiles.',
    );
  return [...shape.keys()].filter(axis => tile[axis] === shape[axis]);
}

/** Mean of these magnitudes over each tile, over the weights that are kept where there is a mask; of the weight's rank. 0 for a tile without any. */
export function tileMeans(magnitudes: tf.Tensor, kept: tf.Tensor, axes: readonly number[]): tf.Tensor {
  const counts = tf.maximum(tf.sum(kept, [...axes], true), 1);
  return tf.div(tf.sum(tf.mul(magnitudes, kept), [...axes], true), counts);
}

/** 1 for each weight that is not pruned. */
export function keptOf({ mask }: SignedWeight, weight: tf.Tensor): tf.Tensor {
  return mask ? upload(mask).toFloat() : tf.onesLike(weight);
}
