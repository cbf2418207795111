import type { Dataset } from '../../../data/dataset.ts';
import { summarizeActivations } from '../../../inspect/activations.ts';
import type { Model, Parameter } from '../../../model/model.ts';
import { LabError } from '../../../tensor/errors.ts';
import { tf } from '../../../tensor/tf.ts';
import { type Examples, examplesOf } from '../../../train/examples.ts';

/** Mean and standard deviation of each channel of a value. */
export interface ChannelStatistics {
  readonly mean: Float64Array;
  readonly deviation: Float64Array;
}

/** Statistics of the outputs of layers, by node. */
export type OutputStatistics = Readonly<Record<string, ChannelStatistics>>;

/**
 * What the batch norms of a trained model know, without data: behind each layer with a batch norm, once that is folded, channel c is about N(β_c,
 * γ_c²). Take them before folding; the names are those of the layers, which stay. Nagel et al. 2019, section 4.2.
 * @throws LabError `quantize/statistics` for a model without batch norm.
 */
export function batchNormStatistics(model: Model): OutputStatistics {
  const norms = model.nodes.filter(({ op }) => op === 'batch-norm');
  if (norms.length === 0)
    throw new LabError(
      'quantize/statistics',
      `Model ${model.name} has no batch norm.`,
      'Take the statistics before foldBatchNorm, or from data: outputStatistics(model, data).',
    );
  return Object.fromEntries(
    norms.map(({ inputs, parameters }) => {
      const of = (role: string): ArrayLike<number> => (model.parameters[parameters[role] as string] as Parameter).value.data;
      return [inputs[0] as string, { mean: Float64Array.from(of('beta')), deviation: Float64Array.from(of('gamma'), Math.abs) }];
    }),
  );
}

/**
 * Mean and standard deviation of each channel (last axis) of the values of these nodes over all examples and places.
 * @throws LabError `train/examples` for no examples.
 */
export function outputStatistics(model: Model, data: Dataset | Examples, nodes: readonly string[]): OutputStatistics {
  const [count = 0] = examplesOf(data).inputs.shape;
  const summaries = summarizeActivations(model, data, {
    nodes,
    of(value) {
      const { mean, variance } = tf.moments(value.reshape([-1, value.shape.at(-1) ?? 1]), 0);
      return tf.stack([mean, variance]);
    },
  });
  return Object.fromEntries([...summaries].map(([id, batches]) => [id, pooled(batches, count)]));
}

/** One mean and deviation of batches of 128 examples, the last one smaller: σ² = Σ nᵢ (σᵢ² + (μᵢ - μ)²) / N. */
function pooled(batches: readonly Float32Array[], count: number): ChannelStatistics {
  const channels = (batches[0] as Float32Array).length / 2;
  const share = (batch: number): number => Math.min(128, count - batch * 128) / count;
  const mean = new Float64Array(channels);
  const variance = new Float64Array(channels);
  for (const [b, batch] of batches.entries()) for (let c = 0; c < channels; c++) mean[c] += share(b) * batch[c];
  for (const [b, batch] of batches.entries())
    for (let c = 0; c < channels; c++) variance[c] += share(b) * (batch[channels + c] + (batch[c] - mean[c]) ** 2);
  return { mean, deviation: variance.map(Math.sqrt) };
}

/** The statistics after the outputs were divided, as cross-layer equalization does: see `Equalized`. */
export function dividedStatistics(statistics: OutputStatistics, divisors: Readonly<Record<string, Float64Array>>): OutputStatistics {
  return Object.fromEntries(
    Object.entries(statistics).map(([id, { mean, deviation }]) => {
      const by = divisors[id];
      return [id, by ? { mean: mean.map((m, c) => m / by[c]), deviation: deviation.map((d, c) => d / by[c]) } : { mean, deviation }];
    }),
  );
}
