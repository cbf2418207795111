import type { tf } from '../tensor/tf.ts';
import type { Owner } from './owned.ts';
import type { TrainingEpoch, TrainingStep } from './report.ts';

/** Tensors by parameter name. */
export type NamedTensors = Readonly<Record<string, tf.Tensor>>;

/**
 * Places in a training run where a technique may step in, and parameters of its own. They run inside a tidy: keep what must outlive the call, dispose
 * nothing. Each sees the model's parameters and its own. `joinHooks` makes one of several.
 */
export interface TrainingHooks extends Owner {
  /** What the forward pass uses in place of the parameters, such as quantized ones. Gradients flow back through it to the parameters. */
  parameters?(parameters: NamedTensors): NamedTensors;
  /**
   * By the id of a node: what the rest of the network gets in place of its value, of the same shape, in updates and not in evaluations. Gradients flow
   * back through it, so that it may change these alone.
   */
  readonly values?: Readonly<Record<string, (value: tf.Tensor) => tf.Tensor>>;
  /** The gradients that the update uses in place of those of the loss (masks and weight decay come after). */
  gradients?(gradients: NamedTensors, parameters: NamedTensors): NamedTensors;
  /** After each update; parameters may be assigned to. */
  afterStep?(parameters: Readonly<Record<string, tf.Variable>>, event: TrainingStep): void;
  /** After each pass; parameters may be assigned to. */
  afterEpoch?(parameters: Readonly<Record<string, tf.Variable>>, event: TrainingEpoch): void;
}
