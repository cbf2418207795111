import type { Model } from '../model/model.ts';
import { realValue } from '../model/real-value.ts';
import type { NDArray } from '../tensor/array.ts';
import { assertShape } from '../tensor/shape.ts';
import { tf } from '../tensor/tf.ts';
import { download, upload } from '../tensor/upload.ts';
import { assertNotTaken, type OwnedParameters } from './owned.ts';
import { snapshot } from './snapshot.ts';

/** What training has reached: the model, and what is owned beside it. */
export interface Reached {
  /** Integers that a parameter stood for are gone: it now holds real numbers. */
  readonly model: Model;
  readonly owned: Readonly<Record<string, NDArray>>;
}

/** A model's parameters on their way through training, and those that losses and hooks own: variables by parameter name. */
export interface TrainingState {
  /** Every parameter, trainable or not. */
  readonly variables: Readonly<Record<string, tf.Variable>>;
  readonly trainable: readonly string[];
  /** float32 masks of the parameters that have one. */
  readonly masks: Readonly<Record<string, tf.Tensor>>;
  /** Whether weight decay shrinks this variable. */
  decays(variable: tf.Variable): boolean;
  /** The model with the present values. */
  model(): Model;
  /** All present values. */
  reached(): Reached;
  dispose(): void;
}

let runs = 0;

/**
 * Copies a model's parameters, and those that are owned, into variables of this run, each trainable one to be changed by an optimizer.
 * @throws LabError `train/owned` for an owned name that the model has, `shape/mismatch` for the mask of an owned one.
 */
export function openState(model: Model, owned: OwnedParameters = {}): TrainingState {
  assertNotTaken(model, owned);
  for (const [name, { value, mask }] of Object.entries(owned)) if (mask) assertShape(`Mask of ${name}`, value.shape, mask.shape);
  const run = runs++;
  const own = Object.entries(owned).map(([name, parameter]) => [name, { ...parameter, trainable: true }]);
  const parameters: Model['parameters'] = { ...model.parameters, ...Object.fromEntries(own) };
  const variables: Record<string, tf.Variable> = {};
  const masks: Record<string, tf.Tensor> = {};
  for (const [name, parameter] of Object.entries(parameters)) {
    const { data, shape } = realValue(parameter);
    // A copy: an optimizer that works in place must not reach the model's own array. Names are unique in the engine.
    variables[name] = tf.tidy(() => tf.variable(tf.tensor(Float32Array.from(data), [...shape]), parameter.trainable, `run-${run}/${name}`));
    if (parameter.mask && parameter.trainable)
      masks[name] = tf.tidy(() => tf.keep(upload(parameter.mask as NonNullable<typeof parameter.mask>).toFloat()));
  }
  const told = new Map(Object.entries(owned).map(([name, { decays }]) => [variables[name], decays]));
  const reached = (): Reached => ({
    model: snapshot(model, variables),
    owned: Object.fromEntries(Object.keys(owned).map(name => [name, download(variables[name] as tf.Variable)])),
  });
  return {
    variables,
    trainable: Object.keys(variables).filter(name => parameters[name]?.trainable),
    masks,
    decays: variable => told.get(variable) ?? variable.rank >= 2,
    model: () => reached().model,
    reached,
    dispose: () => tf.dispose([...Object.values(variables), ...Object.values(masks)]),
  };
}
