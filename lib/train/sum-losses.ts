import { LabError } from '../tensor/errors.ts';
import { tf } from '../tensor/tf.ts';
import { type Loss, lossWith } from './losses.ts';
import { type OwnedParameters, ownedTogether, sightOf } from './owned.ts';

/**
 * Σ wᵢ Lᵢ: a loss that needs what its terms need; each term sees the model's parameters and those that it owns.
 * @throws LabError `train/loss` for a weight that is no finite number, or no term; `train/owned` when two own different parameters of one name.
 * @example
 * const loss = sumLosses([0.9, crossEntropy()], [0.1, crossEntropy({ labelSmoothing: 0.1 })]);
 */
export function sumLosses(...terms: readonly (readonly [weight: number, loss: Loss])[]): Loss {
  const wrong = terms.find(([weight]) => !Number.isFinite(weight));
  if (wrong || terms.length === 0)
    throw new LabError(
      'train/loss',
      `A sum has terms of finite weight; got ${wrong ? wrong[0] : 'no term'}.`,
      'Such as [0.5, crossEntropy()].',
    );
  const owns = ownedTogether(terms.map(([, loss]) => loss));
  const seeing = terms.map(([weight, loss]) => ({ weight, loss: seeingItsOwn(loss, owns) }));
  const activations = [...new Set(terms.flatMap(([, loss]) => loss.activations ?? []))];
  const afterTraining: Loss['afterTraining'] = owned => {
    for (const [, loss] of terms) loss.afterTraining?.(sightOf(loss, owns)(owned));
  };
  return lossWith({ activations, owns, afterTraining }, (outputs, targets, context) =>
    tf.addN(seeing.map(({ weight, loss }) => tf.mul(loss(outputs, targets, context), weight))).asScalar(),
  );
}

/** The loss without a view of what others own. */
export function seeingItsOwn(loss: Loss, all: OwnedParameters): Loss {
  const see = sightOf(loss, all);
  return lossWith(loss, (outputs, targets, context) => loss(outputs, targets, { ...context, parameters: see(context.parameters) }));
}
