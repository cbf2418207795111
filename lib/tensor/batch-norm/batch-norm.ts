import { fusedHere } from '../fused-here.ts';
import type { Rectifier } from '../rectifier.ts';
import { assertShape } from '../shape.ts';
import type { tf } from '../tfjs.ts';
import { composedInference, composedTraining } from './composed.ts';
import { nativeInference, nativeTraining } from './native.ts';

export type { Rectifier } from '../rectifier.ts';

interface Common {
  readonly epsilon?: number;
  /** What is applied to y at once; default nothing. */
  readonly rectifier?: Rectifier;
}

const usual = 1e-3;

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
  { gamma, beta, epsilon = usual, rectifier }: Common & { gamma: tf.Tensor; beta: tf.Tensor },
): BatchNormResult {
  for (const [name, { shape }] of Object.entries({ gamma, beta })) assertShape(`batchNormTraining, ${name}`, x.shape.slice(-1), shape);
  const compute = fusedHere([x, gamma, beta]) ? nativeTraining : composedTraining;
  const [y, mean, variance, unbiasedVariance] = compute(x, { gamma, beta, epsilon, rectifier });
  return { y, mean, variance, unbiasedVariance } as BatchNormResult;
}

/**
 * Batch normalisation with statistics that are given, over all axes but the last: y = γ · (x - μ) / √(σ² + ε) + β. Of any rank, as in training. Gradients of
 * every order.
 * @throws LabError `shape/mismatch` unless each has a value for each channel.
 */
export function batchNormWith(
  x: tf.Tensor,
  given: Common & Readonly<Record<'gamma' | 'beta' | 'mean' | 'variance', tf.Tensor>>,
): tf.Tensor {
  const { mean, variance, gamma, beta, epsilon = usual, rectifier } = given;
  const channels = { mean, variance, gamma, beta };
  for (const [name, { shape }] of Object.entries(channels)) assertShape(`batchNormWith, ${name}`, x.shape.slice(-1), shape);
  const compute = fusedHere([x, ...Object.values(channels)]) ? nativeInference : composedInference;
  return compute(x, { ...channels, epsilon, rectifier });
}
