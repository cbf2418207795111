import type { Model } from '../../../model/model.ts';
import type { NDArray } from '../../../tensor/array.ts';
import { tf } from '../../../tensor/tf.ts';
import { constant } from '../../../tensor/untaped.ts';
import type { LossContext } from '../../../train/losses.ts';
import type { OwnedParameters } from '../../../train/owned.ts';
import { type Companion, companion } from '../companion.ts';

/** What an adversary makes of a batch. */
export interface AdversaryLosses {
  /** Of the student, which wants to be taken for real: mean -log D(made). Gradients flow to `made` alone. */
  readonly student: tf.Scalar;
  /** Of the discriminator: mean -log D(real) - log(1 - D(made)); ln 4 where it cannot tell. Gradients flow to its parameters alone. */
  readonly discriminator: tf.Scalar;
}

/** A network that is trained beside a student to tell what the student makes from what is real. */
export interface Adversary {
  readonly owns: OwnedParameters;
  /** Both losses; their sum trains both, each by its own. `made` and `real` are batches of the discriminator's input. */
  losses(made: tf.Tensor, real: tf.Tensor, context: LossContext): AdversaryLosses;
  /** The discriminator with what its owner's `afterTraining` received. */
  trained(owned: Readonly<Record<string, NDArray>>): Model;
}

/**
 * An adversary for a loss of `fit`: the discriminator gives a logit [n, 1] (or a map of them), D = σ(logit). One optimizer trains both sides: the student's loss sees the
 * discriminator's parameters as constants, and the discriminator's sees what was made as a constant. Goodfellow et al. 2014, with the student's loss that does not
 * saturate (§3).
 * @example
 * const judge = distill.adversary(network('judge', [4]).dense(1).model(), 'judge');
 * Object.keys(judge.owns); // → ['judge.dense-1.kernel', 'judge.dense-1.bias']
 */
export function adversary(discriminator: Model, prefix: string): Adversary {
  const beside: Companion = companion(discriminator, prefix);
  const judged = (input: tf.Tensor, context: LossContext): tf.Tensor =>
    beside.values([discriminator.output], input, context)[discriminator.output] as tf.Tensor;
  return {
    owns: beside.owns,
    losses(made, real, context) {
      const parameters = Object.fromEntries(
        Object.entries(context.parameters).map(([name, value]) => [name, name in beside.owns ? constant(value) : value]),
      );
      const student = tf
        .softplus(tf.neg(judged(made, { ...context, parameters, training: false })))
        .mean()
        .asScalar();
      const onReal = tf.softplus(tf.neg(judged(constant(real), context))).mean();
      const onMade = tf.softplus(judged(constant(made), context)).mean();
      return { student, discriminator: tf.add(onReal, onMade).asScalar() };
    },
    trained: beside.trained,
  };
}
