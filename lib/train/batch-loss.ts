import { firstInput, type Model } from '../model/model.ts';
import { type ForwardOptions, valuesOf } from '../model/run.ts';
import type { Precision } from '../tensor/bfloat16.ts';
import { LabError } from '../tensor/errors.ts';
import type { tf } from '../tensor/tf.ts';
import type { NamedTensors } from './hooks.ts';
import type { BatchSource, Loss, RunProgress } from './losses.ts';

/** The tensors of a batch, and where they come from. */
export interface LossBatch {
  readonly x: tf.Tensor;
  readonly y: tf.Tensor;
  readonly source?: BatchSource;
  readonly progress?: RunProgress;
}

export interface LossPass extends Pick<ForwardOptions, 'training' | 'onStatistic' | 'values'> {
  readonly loss: Loss;
  /** The model's parameters, and those that the loss owns. */
  readonly parameters: NamedTensors;
  /** Of the model's products; the loss itself is computed in float32. */
  readonly precision?: Precision;
  /** Sees the outputs that the loss is taken of. */
  readonly onOutputs?: (outputs: tf.Tensor) => void;
}

/**
 * The loss of one batch, in one forward pass. To be called inside a tidy.
 * @throws LabError `train/loss` for a loss that is not one number.
 */
export function batchLoss(model: Model, { x, y, source, progress }: LossBatch, pass: LossPass): tf.Scalar {
  const { loss, parameters, onOutputs, ...options } = pass;
  const looked = loss.activations ?? [];
  const values = valuesOf(model, { [firstInput(model).id]: x }, { ...options, parameters, ids: [model.output, ...looked] });
  const outputs = values[model.output] as tf.Tensor;
  const activations = Object.fromEntries(looked.map(id => [id, values[id] as tf.Tensor]));
  const value = loss(outputs, y, { inputs: x, parameters, activations, source, progress, training: pass.training ?? false });
  // after the loss, which may have counted already
  onOutputs?.(outputs);
  if (value.rank === 0) return value;
  throw new LabError(
    'train/loss',
    `A loss is one number, a tensor of shape []; it gave [${value.shape.join(', ')}].`,
    'Take its mean: tf.mean(…), or .asScalar() of a single value.',
  );
}

/**
 * Refuses a loss that looks at nodes which the model lacks.
 * @throws LabError `train/activation`.
 */
export function assertActivations({ name, nodes }: Model, { activations = [] }: Loss): void {
  const ids = nodes.map(({ id }) => id);
  const missing = activations.find(id => !ids.includes(id));
  if (missing === undefined) return;
  throw new LabError(
    'train/activation',
    `The loss looks at node ${missing}; model ${name} has none of that id.`,
    `It has: ${ids.join(', ')}.`,
  );
}
