import type { Model } from '../model/model.ts';
import { realValue } from '../model/real-value.ts';
import type { NDArray } from '../tensor/array.ts';
import { LabError } from '../tensor/errors.ts';
import { firstNotFinite } from '../tensor/finite.ts';
import type { tf } from '../tensor/tf.ts';
import { statisticsOf } from './statistics-of.ts';

/** An update whose loss is not finite, and what it was computed from. */
export interface LostUpdate {
  readonly model: Model;
  /** The trained parameters as they entered the update. */
  readonly trained: Readonly<Record<string, tf.Tensor>>;
  readonly x: tf.Tensor;
  readonly y: tf.Tensor;
  readonly loss: number;
  /** Counts from 1; absent where nobody counts. */
  readonly update?: number | undefined;
  readonly learningRate: number;
}

const refusal = (message: string, hint: string): LabError => new LabError('train/diverged', message, hint);
const lower = (rate: number): string => `Lower the learning rate${Number.isFinite(rate) ? ` (now ${rate})` : ''}, or warm up to it.`;

/** The error for a loss that is not finite: it says what is not, the data, the weights, or the loss alone; and blames the rate where it may be that. */
export function lossNotFinite(lost: LostUpdate): LabError {
  const { x, y, update, learningRate } = lost;
  const at = update === undefined ? 'an update' : `update ${update}`;
  const data = dataNotFinite({ input: x, target: y }, `in the batch of ${at}`);
  if (data) return data;
  const weight = weightNotFinite(lost);
  const first = update === 1;
  if (weight && first)
    return refusal(`${weight} before the first update.`, 'Such weights come from training that diverged, or from a file.');
  if (weight) return refusal(`${weight} after ${update === undefined ? 'an update' : `update ${update - 1}`}.`, lower(learningRate));
  const finite = 'though its inputs, its targets and the weights are finite';
  if (first)
    return refusal(
      `The loss of update 1 is ${lost.loss}, ${finite}.`,
      'Scale the inputs to about -1 … 1, and look at the loss: log or division by 0, or a target on a class that is ruled out?',
    );
  return refusal(`The loss of ${at} is ${lost.loss}, ${finite}.`, lower(learningRate));
}

/** The error for examples that are not finite, if they are not. */
export function dataNotFinite(data: Readonly<Record<'input' | 'target', tf.Tensor | NDArray>>, where: string): LabError | undefined {
  for (const [what, values] of Object.entries(data)) {
    const numbers = 'dataSync' in values ? values.dataSync() : values.data;
    const at = firstNotFinite(numbers);
    if (at < 0) continue;
    const example = Math.floor(at / (numbers.length / (values.shape[0] as number)));
    return refusal(
      `The data are not finite: the ${what} of example ${example} ${where} holds ${numbers[at]}.`,
      'Look for missing or damaged values, and leave them out.',
    );
  }
  return undefined;
}

/** Which weight is not finite, in words: of those in training as they are now, of the others as the model has them. */
function weightNotFinite({ model, trained }: LostUpdate): string | undefined {
  const statistics = statisticsOf(model);
  const frozen = Object.entries(model.parameters).filter(([name]) => !Object.hasOwn(trained, name) && !statistics.has(name));
  for (const [name, weight] of Object.entries(trained)) {
    const found = wrong(name, weight.dataSync());
    if (found) return found;
  }
  for (const [name, parameter] of frozen) {
    const found = wrong(name, realValue(parameter).data);
    if (found) return found;
  }
  return undefined;
}

function wrong(name: string, values: ArrayLike<number>): string | undefined {
  const at = firstNotFinite(values);
  return at < 0 ? undefined : `The weights are not finite: ${name} holds ${values[at]}`;
}

/**
 * Refuses to hand over parameters that are not finite: what the last update left behind.
 * @throws LabError `train/diverged`.
 */
export function assertReached(
  values: Readonly<Record<string, { readonly value: NDArray }>>,
  { update, learningRate }: { readonly update: number; readonly learningRate: number },
): void {
  for (const [name, { value }] of Object.entries(values)) {
    const found = wrong(name, value.data);
    if (found) throw refusal(`${found} after update ${update}, the last one.`, lower(learningRate));
  }
}
