import type { tf } from '../tfjs.ts';

/** What every pass of batch normalisation is told: ε, and where a rectifier behind it ends the results (−∞ and ∞ where none does). */
export interface Attributes {
  readonly epsilon: number;
  readonly low: number;
  readonly high: number;
}

/** γ, β, and the statistics: one value for each channel. */
export interface Channels {
  readonly gamma: tf.Tensor;
  readonly beta: tf.Tensor;
  readonly mean: tf.Tensor;
  readonly variance: tf.Tensor;
}

/** One way to compute batch normalisation. Tensors belong to the enclosing tidy. */
export interface Implementation {
  /** [y, mean, variance, unbiased variance] of this batch. */
  training(x: tf.Tensor, channels: Pick<Channels, 'gamma' | 'beta'>, attributes: Attributes): tf.Tensor[];
  /** y by statistics that are given. */
  inference(x: tf.Tensor, channels: Channels, attributes: Attributes): tf.Tensor;
  /** [dx, dγ, dβ] of `training`; `inference` when the statistics were given, so that they do not move with x. */
  gradient(dy: tf.Tensor, x: tf.Tensor, passed: Channels & { readonly attributes: Attributes; readonly inference: boolean }): tf.Tensor[];
}
