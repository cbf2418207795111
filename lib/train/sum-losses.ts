import { LabError } from '../tensor/errors.ts';
import { tf } from '../tensor/tf.ts';
import { type Loss, lossWith, type RunProgress } from './losses.ts';
import { type OwnedParameters, ownersTogether, sightOf } from './owned.ts';
import type { Schedule } from './schedules.ts';

/** The weight of a term: a number, or what it is at each update of a run (outside of `fit`, that of the first). */
export type Weight = number | Schedule;

/**
 * Σ wᵢ Lᵢ: a loss that needs what its terms need; each term sees the model's parameters and those that it owns. A weight may follow a schedule.
 * @throws LabError `train/loss` for a weight that is no finite number, then or on the way, or no term; `train/owned` when two own different parameters of one name.
 * @example
 * const loss = sumLosses([0.9, crossEntropy()], [0.1, crossEntropy({ labelSmoothing: 0.1 })]);
 */
export function sumLosses(...terms: readonly (readonly [weight: Weight, loss: Loss])[]): Loss {
  if (terms.length === 0) throw new LabError('train/loss', 'A sum has a term or more; got none.', 'Such as [0.5, crossEntropy()].');
  for (const [weight] of terms) assertWeight(weight);
  const owner = ownersTogether(terms.map(([, loss]) => loss));
  const seeing = terms.map(([weight, loss]) => ({ weight, loss: seeingItsOwn(loss, owner.owns) }));
  const activations = [...new Set(terms.flatMap(([, loss]) => loss.activations ?? []))];
  return lossWith({ activations, ...owner }, (outputs, targets, context) =>
    tf.addN(seeing.map(({ weight, loss }) => tf.mul(loss(outputs, targets, context), weightAt(weight, context.progress)))).asScalar(),
  );
}

/**
 * Refuses a number that is no weight; what a schedule gives is looked at on the way.
 * @throws LabError `train/loss`.
 */
export function assertWeight(weight: Weight): void {
  if (typeof weight === 'function' || Number.isFinite(weight)) return;
  throw new LabError('train/loss', `The weight of a term is a finite number; got ${weight}.`, 'Such as [0.5, crossEntropy()].');
}

/**
 * What a weight is at this point of a run; the first update's, outside of one.
 * @throws LabError `train/loss` where a schedule gives no finite number.
 */
export function weightAt(weight: Weight, { step, steps }: RunProgress = { step: 0, steps: 1 }): number {
  if (typeof weight === 'number') return weight;
  // a validation after the last update weighs as that one did
  const now = weight(Math.min(step, steps - 1), steps);
  if (Number.isFinite(now)) return now;
  throw new LabError('train/loss', `The weight of a term is ${now} at update ${step + 1} of ${steps}.`, 'A weight is a finite number.');
}

/** The loss without a view of what others own. */
export function seeingItsOwn(loss: Loss, all: OwnedParameters): Loss {
  const see = sightOf(loss, all);
  return lossWith(loss, (outputs, targets, context) => loss(outputs, targets, { ...context, parameters: see(context.parameters) }));
}
