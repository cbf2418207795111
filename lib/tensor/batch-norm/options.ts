import type { Rectifier } from '../rectifier.ts';
import type { tf } from '../tfjs.ts';

/** What batch normalisation computes with in training; γ and β have one value for each channel. */
export interface TrainingOptions {
  readonly gamma: tf.Tensor;
  readonly beta: tf.Tensor;
  readonly epsilon: number;
  /** What is applied to y at once. */
  readonly rectifier?: Rectifier;
}

/** The same with statistics that are given. */
export interface InferenceOptions extends TrainingOptions {
  readonly mean: tf.Tensor;
  readonly variance: tf.Tensor;
}
