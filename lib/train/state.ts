import type { Model } from '../model/model.ts';
import { realValue } from '../model/real-value.ts';
import { tf } from '../tensor/tf.ts';
import { upload } from '../tensor/upload.ts';
import { snapshot } from './snapshot.ts';

/** A model's parameters on their way through training: variables by parameter name. */
export interface TrainingState {
  /** Every parameter, trainable or not. */
  readonly variables: Readonly<Record<string, tf.Variable>>;
  readonly trainable: readonly string[];
  /** float32 masks of the parameters that have one. */
  readonly masks: Readonly<Record<string, tf.Tensor>>;
  /** The model with the present values. Integers that a parameter stood for are gone: it now holds real numbers. */
  model(): Model;
  dispose(): void;
}

let runs = 0;

/** Copies a model's parameters into variables of this run, each trainable one to be changed by an optimizer. */
export function openState(model: Model): TrainingState {
  const run = runs++;
  const variables: Record<string, tf.Variable> = {};
  const masks: Record<string, tf.Tensor> = {};
  for (const [name, parameter] of Object.entries(model.parameters)) {
    const { data, shape } = realValue(parameter);
    // A copy: an optimizer that works in place must not reach the model's own array. Names are unique in the engine.
    variables[name] = tf.tidy(() => tf.variable(tf.tensor(Float32Array.from(data), [...shape]), parameter.trainable, `run-${run}/${name}`));
    if (parameter.mask && parameter.trainable)
      masks[name] = tf.tidy(() => tf.keep(upload(parameter.mask as NonNullable<typeof parameter.mask>).toFloat()));
  }
  return {
    variables,
    trainable: Object.keys(variables).filter(name => model.parameters[name]?.trainable),
    masks,
    model: () => snapshot(model, variables),
    dispose: () => tf.dispose([...Object.values(variables), ...Object.values(masks)]),
  };
}
