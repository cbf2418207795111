import type { Dataset } from '../../../../data/dataset.ts';
import type { Model } from '../../../../model/model.ts';
import { inferShapes } from '../../../../model/shapes.ts';
import type { NDArray } from '../../../../tensor/array.ts';
import { type Shape, sizeOf } from '../../../../tensor/shape.ts';
import { tf } from '../../../../tensor/tf.ts';
import { type Examples, examplesOf } from '../../../../train/examples.ts';
import { activationsOf, summarize } from './activations.ts';
import { type ChannelImportance, oncePerModel } from './importance.ts';

/**
 * Average percentage of zeros of each channel, 0–1: the share of exact zeros among activations [… , channels], over batch and positions. The
 * higher, the less the channel says. Hu et al. 2016 (network trimming), equation 1. NaN where a value is not finite.
 * @example
 * averagePercentageOfZeros(array([2, 2], [0, 1, 0, 0])); // → Float64Array.of(1, 0.5)
 */
export function averagePercentageOfZeros({ shape, data }: NDArray): Float64Array {
  const channels = shape.at(-1) ?? 1;
  const zeros = new Float64Array(channels);
  for (let i = 0; i < data.length; i++) zeros[i % channels] = (zeros[i % channels] as number) + zeroIn(data[i] as number);
  return zeros.map(count => (count * channels) / data.length);
}

/** 1 for a zero, 0 for another number, NaN for what is none: a channel of it is refused. */
const zeroIn = (value: number): number => (Number.isFinite(value) ? Number(value === 0) : Number.NaN);

/**
 * APoZ as an importance: 1 - the share of zeros that a channel has after its activation functions, over the examples (all of them alike, where a
 * channel passes several). Only ReLU and its kind make zeros.
 * @throws LabError `prune/activation` for a group that passes no activation function.
 */
export function apoz(data: Dataset | Examples): ChannelImportance {
  const shares = oncePerModel(model => zeroShares(model, data));
  return (model, group) => {
    const nodes = activationsOf(model, group);
    const scores = new Float64Array(group.channels).fill(1);
    for (const node of nodes) {
      const places = group.values[node] as Int32Array;
      const weight = nodes.length * (places.length / group.channels);
      for (const [place, index] of places.entries()) {
        const channel = Math.floor((place * group.channels) / places.length);
        scores[channel] = (scores[channel] as number) - (shares(model).get(node)?.[index] as number) / weight;
      }
    }
    return scores;
  };
}

/** Share of zeros at each place of the last axis, by node. */
function zeroShares(model: Model, data: Dataset | Examples): ReadonlyMap<string, Float64Array> {
  const shapes = inferShapes(model);
  const count = examplesOf(data).inputs.shape[0] as number;
  const counts = summarize(model, data, value => {
    const leading = Array.from({ length: value.rank - 1 }, (_, axis) => axis);
    // 0 · value is NaN for what is not finite, and 0 for everything else
    return tf.sum(tf.add(tf.equal(value, 0).toFloat(), tf.mul(value, 0)), leading);
  });
  const shareOf = (node: string, batches: readonly Float32Array[]): Float64Array => {
    const shape = shapes.get(node) as Shape;
    const samples = count * sizeOf(shape.slice(0, -1));
    return Float64Array.from(
      { length: shape.at(-1) ?? 1 },
      (_, i) => batches.reduce((sum, zeros) => sum + (zeros[i] as number), 0) / samples,
    );
  };
  return new Map([...counts].map(([node, batches]) => [node, shareOf(node, batches)]));
}
