import { LabError } from '../../../tensor/errors.ts';
import { tf } from '../../../tensor/tf.ts';
import { untaped } from '../../../tensor/untaped.ts';
import type { PlacePair } from '../place.ts';
import { type Match, matchOf } from './match.ts';
import { type RegressorOptions, regressorOf } from './regressor.ts';

/** How boundaries of activation are matched. */
export interface BoundariesOptions extends RegressorOptions {
  /** How far beyond the boundary the student's values should lie, > 0; default 1. */
  readonly margin?: number;
}

/**
 * Neurons that are on where the teacher's are: mean over batch, places and channels of [t > 0] max(0, m - s)² + [t ≤ 0] max(0, m + s)², for values t and s
 * before their ReLU, s through a linear regressor where the channels differ. It stands for `boundaryShare`, which has no gradient: it is m² times that or more, and 0 where all signs agree beyond the margin m (so not at equality within it). Heo et al. 2019, equation 3, as a mean.
 * @throws LabError `distill/margin`, `distill/node`, `distill/shape`, `distill/regressor`, as in `hint`.
 * @example
 * const [student, teacher] = [vgg({ widths: [4] }), vgg({ widths: [8] })];
 * const match = distill.boundaries({ student: { model: student, node: 'conv2d-1' }, teacher: { model: teacher, node: 'conv2d-1' } });
 */
export function boundaries(pair: PlacePair, options: BoundariesOptions = {}): Match {
  const { margin = 1 } = options;
  if (!(margin > 0 && Number.isFinite(margin)))
    throw new LabError('distill/margin', `A margin is a number above 0; got ${margin}.`, 'Heo et al. take 1.');
  const { owner, regressed } = regressorOf('boundaries', pair, options);
  return matchOf(
    pair,
    (student, teacher, { own }) => {
      const side = tf.cast(tf.greater(teacher, 0), 'float32').mul(2).sub(1);
      return tf
        .square(tf.relu(tf.sub(margin, tf.mul(side, regressed(student, own)))))
        .mean()
        .asScalar();
    },
    owner,
  );
}

/**
 * The share of neurons, 0–1, that are on (above 0) in one of two values of the same shape and off in the other: mean |[t > 0] - [s > 0]|. Heo et al. 2019, equation 2.
 * It has no gradient.
 * @example
 * tf.tidy(() => distill.boundaryShare(tf.tensor1d([-1, 2, 3, 0]), tf.tensor1d([1, 1, -4, -2])).arraySync()); // → 0.5
 */
export function boundaryShare(student: tf.Tensor, teacher: tf.Tensor): tf.Scalar {
  const on = (x: tf.Tensor): tf.Tensor => tf.cast(tf.greater(x, 0), 'float32');
  return untaped(() => tf.squaredDifference(on(student), on(teacher)).mean().asScalar());
}
