import { hasNativeOps } from '../native-ops.ts';
import { endsOf, type Rectifier } from '../rectifier.ts';
import { registerGradient, registerKernel, runKernel } from '../register.ts';
import { assertShape } from '../shape.ts';
import { tf } from '../tfjs.ts';
import { composedBatchNorm } from './composed.ts';
import type { Attributes, Channels } from './implementation.ts';
import { nativeBatchNorm } from './native.ts';

const training = 'BatchNormTraining';
const inference = 'BatchNormInference';

const { training: train, inference: infer, gradient } = hasNativeOps ? nativeBatchNorm : composedBatchNorm;

registerKernel<Attributes>(training, ({ x, gamma, beta }, attributes) => train(x as tf.Tensor, { gamma, beta } as Channels, attributes));

registerGradient<tf.Tensor[], Attributes>(
  training,
  { inputs: ['x', 'gamma', 'beta'], outputs: [false, true, true] },
  ([dy], [x, gamma, beta, mean, variance], attributes) => {
    const passed = { gamma, beta, mean, variance, attributes, inference: false } as Channels & {
      attributes: Attributes;
      inference: boolean;
    };
    const [dx, dGamma, dBeta] = gradient(dy as tf.Tensor, x as tf.Tensor, passed) as [tf.Tensor, tf.Tensor, tf.Tensor];
    return { x: () => dx, gamma: () => dGamma, beta: () => dBeta };
  },
);

registerKernel<Attributes>(inference, ({ x, ...channels }, attributes) =>
  infer(x as tf.Tensor, channels as unknown as Channels, attributes),
);

registerGradient<tf.Tensor, Attributes>(inference, { inputs: ['x', 'gamma', 'beta', 'mean', 'variance'] }, (dy, saved, attributes) => {
  const [x, gamma, beta, mean, variance] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
  const passed = { gamma, beta, mean, variance, attributes, inference: true };
  const [dx, dGamma, dBeta] = gradient(dy, x, passed) as [tf.Tensor, tf.Tensor, tf.Tensor];
  const scale = (): tf.Tensor => tf.div(gamma, tf.sqrt(tf.add(variance, attributes.epsilon)));
  return {
    x: () => dx,
    gamma: () => dGamma,
    beta: () => dBeta,
    mean: () => tf.neg(tf.mul(scale(), dBeta)),
    variance: () => tf.mul(tf.div(tf.mul(gamma, dGamma), tf.add(variance, attributes.epsilon)), -0.5),
  };
});

export type { Rectifier } from '../rectifier.ts';

interface Common {
  readonly epsilon?: number;
  /** What is applied to y at once; default nothing. */
  readonly rectifier?: Rectifier;
}

function attributesOf({ epsilon = 1e-3, rectifier }: Common): Attributes {
  return { epsilon, ...endsOf(rectifier) };
}

/** What batch normalisation gives in training: y in the shape of x, and the batch's own statistics, one value a channel. */
export interface BatchNormResult {
  readonly y: tf.Tensor;
  readonly mean: tf.Tensor1D;
  /** Σ (x − mean)² / n. */
  readonly variance: tf.Tensor1D;
  /** Σ (x − mean)² / (n − 1): what running statistics follow; not finite for n = 1. */
  readonly unbiasedVariance: tf.Tensor1D;
}

/**
 * Batch normalisation in training over all axes but the last: y = γ · (x - μ) / √(σ² + ε) + β, with μ and σ² (divided by the count n, not
 * n - 1) of this batch. Gradients flow through y to x, γ and β; the returned statistics carry none. Ioffe and Szegedy 2015.
 * @throws LabError `shape/mismatch` unless γ and β have a value for each channel.
 */
export function batchNormTraining(
  x: tf.Tensor,
  { gamma, beta, ...common }: Common & { gamma: tf.Tensor; beta: tf.Tensor },
): BatchNormResult {
  for (const [name, { shape }] of Object.entries({ gamma, beta })) assertShape(`batchNormTraining, ${name}`, x.shape.slice(-1), shape);
  const [y, mean, variance, unbiasedVariance] = runKernel<tf.Tensor[]>(training, { x, gamma, beta }, attributesOf(common));
  return { y, mean, variance, unbiasedVariance } as BatchNormResult;
}

/**
 * Batch normalisation with statistics that are given, over all axes but the last: y = γ · (x - μ) / √(σ² + ε) + β. Of any rank, as in training.
 * @throws LabError `shape/mismatch` unless each has a value for each channel.
 */
export function batchNormWith(x: tf.Tensor, given: Common & Readonly<Record<keyof Channels, tf.Tensor>>): tf.Tensor {
  const { mean, variance, gamma, beta, ...common } = given;
  for (const [name, { shape }] of Object.entries({ mean, variance, gamma, beta }))
    assertShape(`batchNormWith, ${name}`, x.shape.slice(-1), shape);
  return runKernel<tf.Tensor>(inference, { x, mean, variance, gamma, beta }, attributesOf(common));
}
