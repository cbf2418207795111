import { firstInput, type Model } from '../../../model/model.ts';
import type { BatchNormAttributes } from '../../../model/ops/batch-norm.ts';
import { realValue } from '../../../model/real-value.ts';
import { valuesOf } from '../../../model/run.ts';
import { array, type NDArray } from '../../../tensor/array.ts';
import { LabError } from '../../../tensor/errors.ts';
import { adam } from '../../../tensor/optimizers/adam.ts';
import { normal, random } from '../../../tensor/random.ts';
import { scope } from '../../../tensor/scope.ts';
import { tf } from '../../../tensor/tf.ts';
import { download, upload } from '../../../tensor/upload.ts';

/** How many inputs are made, and for how long. */
export interface DistillOptions {
  /** Inputs, which go through in one batch; default 64. */
  readonly count?: number;
  /** Steps of Adam; default 200. */
  readonly iterations?: number;
  /** Of the first step; it falls to 0 as a cosine. Default 0.1. */
  readonly learningRate?: number;
  /** Draws the inputs to begin with, N(0, 1); default 0. */
  readonly seed?: number;
}

/** Inputs that were made without data, and how near they come. */
export interface DistilledData {
  /** float32 [count, …input shape]. */
  readonly inputs: NDArray;
  /** The gap of `statisticsGap` of the inputs before each step, and of the last ones. */
  readonly gaps: readonly number[];
}

/**
 * Inputs that excite a trained network as its training data did, made from nothing but its batch norms: min over x of Σ ‖μ̂ - μ‖² + ‖σ̂ - σ‖² over
 * all of them, where μ̂, σ̂ are the mean and the deviation of each channel that the batch brings to a batch norm, and μ, σ the running ones. By
 * Adam on the inputs, from N(0, 1). Ranges of activations and sensitivities are then taken from them. Fold only afterwards. Cai et al. 2020
 * (ZeroQ), equation 2.
 * @throws LabError `quantize/zero-q` for a model without batch norm, whose input is no real numbers, or for impossible options.
 * @example
 * const model = vgg({ widths: [4], input: [8, 8, 1] });
 * distilledData(model, { count: 8, iterations: 5 }).inputs.shape; // → [8, 8, 8, 1]
 */
export function distilledData(model: Model, options: DistillOptions = {}): DistilledData {
  const { count = 64, iterations = 200, learningRate = 0.1, seed = 0 } = options;
  if (!(Number.isInteger(count) && count >= 1 && Number.isInteger(iterations) && iterations >= 0 && learningRate > 0))
    throw new LabError(
      'quantize/zero-q',
      `Got count ${count}, iterations ${iterations}, learningRate ${learningRate}.`,
      'Usual are 64, 200 and 0.1.',
    );
  const norms = normsOf(model);
  const { shape, dtype } = firstInput(model);
  if (dtype !== 'float32')
    throw new LabError('quantize/zero-q', `The input of ${model.name} takes whole numbers, which no gradient moves.`, 'Use real examples.');
  const x = scope(() => tf.variable(upload(normal(random(seed), [count, ...shape]))));
  const optimizer = adam(learningRate);
  const gaps: number[] = [];
  try {
    for (let step = 0; step < iterations; step++) {
      optimizer.learningRate = (learningRate * (1 + Math.cos((Math.PI * step) / iterations))) / 2;
      gaps.push(scope(() => (optimizer.minimize(() => gapOf(model, norms, x), true, [x]) as tf.Scalar).dataSync()[0] as number));
    }
    const inputs = download(x);
    return { inputs, gaps: [...gaps, statisticsGap(model, inputs)] };
  } finally {
    x.dispose();
    optimizer.dispose();
  }
}

/**
 * Σ ‖μ̂ - μ‖² + ‖σ̂ - σ‖² over the batch norms of a model, for these inputs as one batch: how far they are from what it was trained on.
 * @throws LabError `quantize/zero-q` for a model without batch norm.
 */
export function statisticsGap(model: Model, inputs: NDArray): number {
  const norms = normsOf(model);
  return scope(() => gapOf(model, norms, upload(inputs)).dataSync()[0] as number);
}

/** What a batch norm reads, and what it expects. */
interface Norm {
  readonly input: string;
  readonly mean: NDArray;
  readonly deviation: NDArray;
  readonly epsilon: number;
}

function normsOf(model: Model): readonly Norm[] {
  const norms = model.nodes.filter(({ op }) => op === 'batch-norm');
  if (norms.length === 0)
    throw new LabError(
      'quantize/zero-q',
      `Model ${model.name} has no batch norm that remembers its training data.`,
      'Distil inputs before foldBatchNorm.',
    );
  return norms.map(({ inputs, parameters, attributes }) => {
    const { epsilon } = attributes as BatchNormAttributes;
    const of = (role: string): NDArray => realValue(model.parameters[parameters[role] as string] as Model['parameters'][string]);
    const variance = of('variance');
    const deviation = Float32Array.from(variance.data, v => Math.sqrt(v + epsilon));
    return { input: inputs[0] as string, mean: of('mean'), deviation: array(variance.shape, deviation), epsilon };
  });
}

function gapOf(model: Model, norms: readonly Norm[], x: tf.Tensor): tf.Scalar {
  const values = valuesOf(model, { [firstInput(model).id]: x }, { ids: norms.map(({ input }) => input) });
  const gaps = norms.map(({ input, mean, deviation, epsilon }) => {
    const value = values[input] as tf.Tensor;
    const found = tf.moments(value.reshape([-1, value.shape.at(-1) ?? 1]), 0);
    const spread = tf.sqrt(tf.add(found.variance, epsilon));
    return tf.add(tf.sum(tf.squaredDifference(found.mean, upload(mean))), tf.sum(tf.squaredDifference(spread, upload(deviation))));
  });
  return tf.addN(gaps) as tf.Scalar;
}
