import type { Dataset } from '../data/dataset.ts';
import { firstInput, type Model } from '../model/model.ts';
import type { NDArray } from '../tensor/array.ts';
import type { Precision } from '../tensor/bfloat16.ts';
import { LabError } from '../tensor/errors.ts';
import { discardTape } from '../tensor/repair.ts';
import { scope } from '../tensor/scope.ts';
import { tf } from '../tensor/tf.ts';
import { download } from '../tensor/upload.ts';
import { assertActivations, batchLoss, type LossBatch } from './batch-loss.ts';
import { batchTensors, type Examples, examplesOf } from './examples.ts';
import type { NamedTensors, TrainingHooks } from './hooks.ts';
import { crossEntropy, type Loss } from './losses.ts';
import { runningStatistics } from './running-statistics.ts';
import { openState, type TrainingState } from './state.ts';

export interface LossGradients {
  readonly loss: tf.Scalar;
  /** By parameter name, the model's and those that are owned beside it; parameters that the loss does not depend on have a gradient of 0. */
  readonly gradients: NamedTensors;
}

export interface Objective {
  readonly loss: Loss;
  /** true: batch norm uses the batch's statistics. */
  readonly training: boolean;
  /** Moves the running statistics along. */
  readonly track?: boolean;
  readonly parameters?: (parameters: NamedTensors) => NamedTensors;
  /** What stands in place of the values of nodes, by their ids. */
  readonly values?: TrainingHooks['values'];
  readonly precision?: Precision;
  /** Sees the outputs that the loss is taken of. */
  readonly onOutputs?: (outputs: tf.Tensor) => void;
}

/** The loss of one batch and its gradients. To be called inside a tidy. */
export function lossGradients(model: Model, state: TrainingState, batch: LossBatch & Objective): LossGradients {
  const { loss, training, track, values, precision } = batch;
  const { variables, trainable } = state;
  const statistics = track ? runningStatistics(variables) : undefined;
  if (trainable.length === 0)
    throw new LabError('train/frozen', `Model ${model.name} has nothing to train.`, 'Mark a parameter as trainable with withParameters.');
  const objective = (): tf.Scalar => {
    const parameters = batch.parameters ? { ...variables, ...batch.parameters(variables) } : variables;
    const { onOutputs } = batch;
    return batchLoss(model, batch, { loss, training, parameters, values, precision, onStatistic: statistics?.observe, onOutputs });
  };
  const weights = trainable.map(name => variables[name] as tf.Variable);
  try {
    const { value, grads } = taped(objective, weights);
    statistics?.move();
    const named = weights.map((weight, i) => [trainable[i], grads[weight.name] ?? tf.zerosLike(weight)]);
    return { loss: value, gradients: Object.fromEntries(named) };
  } finally {
    statistics?.dispose();
  }
}

/** A loss that throws (a student's, say) must not leave the tensors behind that were saved for the way back. */
function taped(objective: () => tf.Scalar, variables: tf.Variable[]): ReturnType<typeof tf.variableGrads> {
  try {
    return tf.variableGrads(objective, variables);
  } catch (error) {
    discardTape();
    throw error;
  }
}

/**
 * The gradient of the mean loss over `data`, by name of each trainable parameter, as arrays of the parameters' shapes. All examples go through in
 * one batch, so give it a batch's worth (`take`). Batch norm uses that batch's statistics unless `training` is false.
 * @throws LabError `train/frozen` when no parameter is trainable, `train/examples`, `train/loss`, `train/activation`, `train/owned`.
 */
export function gradients(
  model: Model,
  data: Dataset | Examples,
  options: { readonly loss?: Loss; readonly training?: boolean } = {},
): Record<string, NDArray> {
  const { loss = crossEntropy(), training = true } = options;
  const examples = examplesOf(data);
  assertActivations(model, loss);
  const state = openState(model, loss.owns);
  try {
    return scope(() => {
      const all = Int32Array.from({ length: examples.inputs.shape[0] as number }, (_, i) => i);
      const batch = batchTensors(examples, all, { dtype: firstInput(model).dtype });
      const source = { inputs: examples.inputs, indices: all, augmented: false };
      const result = lossGradients(model, state, { ...batch, source, loss, training });
      const own = Object.entries(result.gradients).filter(([name]) => Object.hasOwn(model.parameters, name));
      return Object.fromEntries(own.map(([name, gradient]) => [name, download(gradient)]));
    });
  } finally {
    state.dispose();
  }
}
