import { LabError } from '../../../tensor/errors.ts';
import type { tf } from '../../../tensor/tf.ts';
import type { NamedTensors } from '../../../train/hooks.ts';
import type { LossContext } from '../../../train/losses.ts';
import type { OwnedParameters, Owner } from '../../../train/owned.ts';
import type { FoundPlace, PlacePair } from '../place.ts';
import { foundPair } from '../place.ts';

/** What a match computes with. */
export interface MatchContext {
  /** Its own parameters, as the update has them. */
  readonly own: Readonly<Record<string, tf.Tensor>>;
  readonly loss: LossContext;
  /** Values of the further nodes that the match looks at, by id; `distillationLoss` gives them. */
  readonly further?: BothSides<NamedTensors>;
}

/** One thing for each of both networks. */
export interface BothSides<T> {
  readonly student: T;
  readonly teacher: T;
}

/**
 * What of two networks should be alike, as one number ≥ 0 that is 0 where it is: the value of a node of the student [n, …] beside that of a node of the
 * teacher [n, …] for the same batch. Gradients flow to the student's; the teacher's is a constant.
 */
export interface Match extends Owner {
  readonly student: FoundPlace;
  readonly teacher: FoundPlace;
  /** Ids of nodes that it looks at besides these two. */
  readonly further?: BothSides<readonly string[]>;
  /** The loss of one batch, a mean over it; runs inside a tidy. */
  (student: tf.Tensor, teacher: tf.Tensor, context: MatchContext): tf.Scalar;
}

/**
 * A match of the values at two places; with parameters of its own (a regressor), `fit` trains them beside the student and `afterTraining` hands them over.
 * @throws LabError `distill/node` for a place that a network lacks; at a batch `distill/further` when it is called without the further values that it looks at.
 */
export function matchOf(
  pair: PlacePair,
  compare: (student: tf.Tensor, teacher: tf.Tensor, context: MatchContext) => tf.Scalar,
  needs: {
    readonly owns?: OwnedParameters;
    readonly afterTraining?: Owner['afterTraining'];
    readonly further?: BothSides<readonly string[]>;
  } = {},
): Match {
  const own = (student: tf.Tensor, teacher: tf.Tensor, context: MatchContext): tf.Scalar => {
    if (!needs.further || context.further) return compare(student, teacher, context);
    const { student: ids, teacher: others } = needs.further;
    throw new LabError(
      'distill/further',
      `This match looks at further nodes: ${ids.join(', ')} of the student and ${others.join(', ')} of the teacher.`,
      'Give their values: { own, loss, further: { student: {...}, teacher: {...} } }. distillationLoss does it.',
    );
  };
  return Object.assign(own, foundPair(pair), needs);
}
