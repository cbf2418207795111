import type { Dataset } from '../../../../data/dataset.ts';
import { inferShapes } from '../../../../model/shapes.ts';
import { LabError } from '../../../../tensor/errors.ts';
import { firstNotFinite } from '../../../../tensor/finite.ts';
import type { Shape } from '../../../../tensor/shape.ts';
import { tf } from '../../../../tensor/tf.ts';
import type { Examples } from '../../../../train/examples.ts';
import { activationsOf, summarize } from './activations.ts';
import { type ChannelImportance, oncePerModel } from './importance.ts';

/**
 * Entropy of values in nats: H = -Σ p ln p over a histogram of `bins` equal bins between the smallest and the largest value; 0 when all are
 * equal, ln bins when every bin holds as many, NaN when one is not finite.
 * @throws LabError `prune/bins` unless bins is a whole number ≥ 1.
 */
export function histogramEntropy(values: ArrayLike<number>, bins: number): number {
  if (!Number.isInteger(bins) || bins < 1)
    throw new LabError('prune/bins', `The number of bins is a whole number ≥ 1; got ${bins}.`, 'Usual is 100.');
  if (firstNotFinite(values) >= 0) return Number.NaN;
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < values.length; i++) {
    low = Math.min(low, values[i] as number);
    high = Math.max(high, values[i] as number);
  }
  if (!(high > low)) return 0;
  const counts = new Float64Array(bins);
  for (let i = 0; i < values.length; i++) {
    const bin = Math.min(bins - 1, Math.floor((((values[i] as number) - low) / (high - low)) * bins));
    counts[bin] = (counts[bin] as number) + 1;
  }
  return counts.reduce((sum, n) => (n === 0 ? sum : sum - (n / values.length) * Math.log(n / values.length)), 0);
}

/**
 * Entropy of each channel's mean activation over the examples: a channel that answers every image alike carries no information. Where a channel
 * passes several activation functions their entropies add up. Luo and Wu 2017.
 * @throws LabError `prune/bins`, `prune/activation` for a group that passes no activation function.
 */
export function channelEntropy(data: Dataset | Examples, options: { readonly bins?: number } = {}): ChannelImportance {
  const { bins = 100 } = options;
  const pooled = oncePerModel(model =>
    summarize(model, data, value =>
      tf.mean(
        value,
        Array.from({ length: value.rank - 2 }, (_, axis) => axis + 1),
      ),
    ),
  );
  return (model, group) => {
    const scores = new Float64Array(group.channels);
    for (const node of activationsOf(model, group)) {
      const width = (inferShapes(model).get(node) as Shape).at(-1) ?? 1;
      const batches = pooled(model).get(node) ?? [];
      const places = group.values[node] as Int32Array;
      for (const [place, index] of places.entries()) {
        const channel = Math.floor((place * group.channels) / places.length);
        const means = batches.flatMap(batch => Array.from({ length: batch.length / width }, (_, n) => batch[n * width + index] as number));
        scores[channel] = (scores[channel] as number) + histogramEntropy(means, bins);
      }
    }
    return scores;
  };
}
