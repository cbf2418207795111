import type { Dataset } from '../data/dataset.ts';
import type { Model } from '../model/model.ts';
import { weightValue } from '../model/weights.ts';
import { array, type NDArray } from '../tensor/array.ts';
import { LabError } from '../tensor/errors.ts';
import type { Examples } from '../train/examples.ts';
import { gradients } from '../train/gradients.ts';
import type { Loss } from '../train/losses.ts';

/** The loss that a criterion looks at: the mean over these examples, which go through in one batch. */
export interface Objective {
  /** The examples. */
  readonly data: Dataset | Examples;
  /** Default: softmax cross-entropy. */
  readonly loss?: Loss;
  /** true: batch norm uses the batch's statistics. */
  readonly training?: boolean;
}

/**
 * The gradient of the loss at these parameters, by name.
 * @throws LabError `prune/frozen` for a parameter that is not trained, since it has no gradient.
 */
export function gradientsOf(
  model: Model,
  names: readonly string[],
  { data, loss, training }: Objective,
): Readonly<Record<string, NDArray>> {
  const frozen = names.find(name => !model.parameters[name]?.trainable);
  if (frozen !== undefined)
    throw new LabError('prune/frozen', `Parameter ${frozen} of ${model.name} is not trained, so it has no gradient.`, 'Leave it out.');
  return gradients(model, data, { ...(loss && { loss }), ...(training !== undefined && { training }) });
}

/** An array for each name, of f(w, g) at each weight w and its gradient g of the loss. */
export function fromGradients(
  model: Model,
  names: readonly string[],
  { objective, score }: { readonly objective: Objective; readonly score: (weight: number, gradient: number) => number },
): Readonly<Record<string, NDArray>> {
  const found = gradientsOf(model, names, objective);
  const scored = names.map((name): [string, NDArray] => {
    const { shape, data } = weightValue(model, name);
    const gradient = found[name]?.data as ArrayLike<number>;
    const scores = new Float32Array(data.length);
    for (let i = 0; i < scores.length; i++) scores[i] = score(data[i], gradient[i]);
    return [name, array(shape, scores)];
  });
  return Object.fromEntries(scored);
}
