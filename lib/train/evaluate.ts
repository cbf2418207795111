import { firstInput, type Model } from '../model/model.ts';
import { tf } from '../tensor/tf.ts';
import { batchLoss } from './batch-loss.ts';
import { batchTensors, correctAnswers, type Examples } from './examples.ts';
import type { NamedTensors, TrainingHooks } from './hooks.ts';
import type { Loss, RunProgress } from './losses.ts';
import type { TrainingState } from './state.ts';

/** What is evaluated, and how. */
export interface Evaluation {
  readonly state: TrainingState;
  readonly loss: Loss;
  /** The forward pass uses the parameters that they make, as in training. */
  readonly hooks?: TrainingHooks;
  readonly batchSize: number;
  /** How far the run is that stops to look. */
  readonly progress?: RunProgress;
  readonly turn: () => Promise<void>;
}

/** Mean loss over the examples and, for labels, accuracy (0–1), with the running statistics, for a model in training. */
export async function evaluate(model: Model, examples: Examples, run: Evaluation): Promise<{ loss: number; accuracy?: number }> {
  const parameters = usedParameters(run);
  try {
    return await overBatches(model, examples, { ...run, parameters });
  } finally {
    tf.dispose(Object.values(parameters));
  }
}

/** Tensors of their own: what hooks make of the variables lasts for all batches. */
function usedParameters({ state: { variables }, hooks }: Evaluation): NamedTensors {
  return tf.tidy(() => {
    const used = { ...variables, ...hooks?.parameters?.(variables) };
    return Object.fromEntries(Object.entries(used).map(([name, tensor]) => [name, tensor.clone()]));
  });
}

async function overBatches(
  model: Model,
  examples: Examples,
  run: Evaluation & { readonly parameters: NamedTensors },
): Promise<{ loss: number; accuracy?: number }> {
  const { parameters, batchSize } = run;
  const count = examples.inputs.shape[0] as number;
  let loss = 0;
  let correct: number | undefined = 0;
  for (let from = 0; from < count; from += batchSize) {
    await run.turn();
    const indices = Int32Array.from({ length: Math.min(batchSize, count - from) }, (_, i) => from + i);
    tf.tidy(() => {
      const batch = batchTensors(examples, indices, { dtype: firstInput(model).dtype });
      const onOutputs = (outputs: tf.Tensor): void => {
        const right = correctAnswers(outputs, batch.y);
        correct = right === undefined || correct === undefined ? undefined : correct + right;
      };
      const source = { inputs: examples.inputs, indices, augmented: false };
      const value = batchLoss(model, { ...batch, source, progress: run.progress }, { loss: run.loss, parameters, onOutputs });
      loss += indices.length * (value.dataSync()[0] as number);
    });
  }
  return { loss: loss / count, ...(correct === undefined ? {} : { accuracy: correct / count }) };
}
