import type { Model } from '../model/model.ts';
import type { Precision } from '../tensor/bfloat16.ts';
import { tf } from '../tensor/tf.ts';
import type { LossBatch } from './batch-loss.ts';
import { correctAnswers } from './examples.ts';
import { lossGradients } from './gradients.ts';
import type { NamedTensors, TrainingHooks } from './hooks.ts';
import type { Loss } from './losses.ts';
import { lossNotFinite } from './not-finite.ts';
import { learningRateOf } from './optimizers.ts';
import type { TrainingState } from './state.ts';

/** What an update needs besides the batch. */
export interface StepContext {
  readonly model: Model;
  readonly state: TrainingState;
  readonly optimizer: tf.Optimizer;
  readonly loss: Loss;
  readonly hooks: TrainingHooks;
  /** Of the model's products; default float32. */
  readonly precision?: Precision;
}

/** The examples of one update. */
interface Batch extends LossBatch {
  /** Number of the update, from 1, for messages. */
  readonly update?: number;
}

/**
 * One update: gradient of the batch's loss, masks, optimizer. Returns the loss before it, and how many answers were correct (for classes).
 * @throws LabError `train/diverged` for a loss that is not finite, before anything but running statistics has moved; it says what is not.
 */
export function trainStep(context: StepContext, batch: Batch): { loss: number; correct?: number } {
  const { model, state, optimizer, hooks, precision } = context;
  return tf.tidy(() => {
    let correct: number | undefined;
    const onOutputs = (outputs: tf.Tensor): void => {
      correct = correctAnswers(outputs, batch.y);
    };
    const { parameters, values } = hooks;
    const objective = { loss: context.loss, training: true, track: true, parameters, values, onOutputs, precision };
    const result = lossGradients(model, state, { ...batch, ...objective });
    const loss = result.loss.dataSync()[0] as number;
    if (!Number.isFinite(loss))
      throw lossNotFinite({ ...batch, model, trained: trainedOf(state), loss, learningRate: learningRateOf(optimizer) });
    const hooked = hooks.gradients?.(result.gradients, state.variables) ?? result.gradients;
    optimizer.applyGradients(byVariable(state, masked(state, hooked)));
    for (const [name, mask] of Object.entries(state.masks)) state.variables[name]?.assign(tf.mul(state.variables[name], mask));
    return { loss, correct };
  });
}

const trainedOf = ({ variables, trainable }: TrainingState): NamedTensors =>
  Object.fromEntries(trainable.map(name => [name, variables[name] as tf.Variable]));

/** Masked weights get no gradient, so that they leave no trace in the optimizer's running values. */
function masked(state: TrainingState, gradients: NamedTensors): NamedTensors {
  return {
    ...gradients,
    ...Object.fromEntries(Object.entries(state.masks).map(([name, mask]) => [name, tf.mul(gradients[name] as tf.Tensor, mask)])),
  };
}

/** tfjs looks variables up by the name they have in its engine. */
function byVariable(state: TrainingState, gradients: NamedTensors): { name: string; tensor: tf.Tensor }[] {
  return Object.entries(gradients).map(([name, tensor]) => ({ name: (state.variables[name] as tf.Variable).name, tensor }));
}
