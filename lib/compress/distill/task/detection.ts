import { LabError } from '../../../tensor/errors.ts';
import { sameShape } from '../../../tensor/shape.ts';
import { tf } from '../../../tensor/tf.ts';
import { untaped } from '../../../tensor/untaped.ts';
import { softTargetOptions } from '../../../train/soft-targets.ts';
import { weighted } from '../../../train/weighted.ts';

/** How the classes of a detector are weighed. */
export interface WeightedSoftOptions {
  /** Weight ≥ 0 of each class, [classes]; the paper gives the background 1.5 and all others 1. Default: 1 for all. */
  readonly classWeights?: readonly number[];
  /** T > 0; default 1. */
  readonly temperature?: number;
}

/**
 * What regions are, as the teacher says it: -Σ_c w_c p_t,c log p_s,c, p = softmax(z / T), mean over regions, for logits [n, classes] of both sides. Gradients
 * flow to both; hand over constants where none should. Most regions are background, and a mistake between background and object costs most: hence
 * the weights. Unlike a divergence it is not 0 where both are alike, and with unequal weights its minimum lies elsewhere. Chen et al. 2017, equation 3.
 * @throws LabError `distill/shape` for logits that are not both [n, classes], `distill/weights` for weights that are not one finite number ≥ 0 a class,
 * `train/temperature`.
 * @example
 * const loss = tf.tidy(() => distill.weightedSoftCrossEntropy(tf.tensor2d([[0, 0]]), tf.tensor2d([[0, 0]]), { classWeights: [1.5, 1] }).arraySync());
 * loss.toFixed(4); // → '0.8664'
 */
export function weightedSoftCrossEntropy(student: tf.Tensor, teacher: tf.Tensor, options: WeightedSoftOptions = {}): tf.Scalar {
  const { temperature } = softTargetOptions({ temperature: options.temperature ?? 1 });
  const [count = 0, classes = 0] = student.shape;
  assertAlike('weightedSoftCrossEntropy', [student, teacher], student.rank === 2 && count > 0 && classes > 1);
  const { classWeights = Array.from({ length: classes }, () => 1) } = options;
  if (classWeights.length !== classes || classWeights.some(weight => !(weight >= 0 && Number.isFinite(weight))))
    throw new LabError(
      'distill/weights',
      `Weights of ${classes} classes are ${classes} finite numbers ≥ 0; got [${classWeights.join(', ')}].`,
      'Such as [1.5, 1, 1] where the first class is the background.',
    );
  return tf.tidy(() => {
    const aim = tf.mul(tf.softmax(tf.div(teacher, temperature)), tf.tensor1d([...classWeights]));
    return weighted(aim, tf.logSoftmax(tf.div(student, temperature)))
      .sum()
      .mul(-1 / count)
      .asScalar();
  });
}

/** Boxes of the student and of the teacher beside the true ones, each [n, values]. */
export interface RegressedBoxes {
  readonly student: tf.Tensor;
  readonly teacher: tf.Tensor;
  readonly target: tf.Tensor;
}

/**
 * Boxes that the teacher bounds: a box costs ‖s - y‖² while ‖s - y‖² + m > ‖t - y‖², and nothing once the student beats the teacher by the margin m; mean
 * over boxes. A teacher's box may lie anywhere, so it is a bound and no target; no gradient reaches it. Chen et al. 2017, equation 4, beside a loss on the true boxes.
 * @throws LabError `distill/shape` unless all three are [n, values], `distill/margin` for a margin that is no finite number ≥ 0.
 * @example
 * const loss = (margin: number) => tf.tidy(() => {
 *   const [student, teacher, target] = [tf.tensor2d([[1, 0]]), tf.tensor2d([[2, 0]]), tf.tensor2d([[0, 0]])];
 *   return distill.boundedRegression({ student, teacher, target }, { margin }).arraySync();
 * });
 * loss(0); // → 0
 * loss(4); // → 1
 */
export function boundedRegression({ student, teacher, target }: RegressedBoxes, options: { readonly margin?: number } = {}): tf.Scalar {
  const { margin = 0 } = options;
  if (!(margin >= 0 && Number.isFinite(margin)))
    throw new LabError('distill/margin', `A margin is a finite number ≥ 0; got ${margin}.`, 'Leave it out for 0.');
  assertAlike('boundedRegression', [student, teacher, target], student.rank === 2 && student.size > 0);
  return tf.tidy(() => {
    const own = tf.squaredDifference(student, target).sum(1);
    const bound = untaped(() => tf.squaredDifference(teacher, target).sum(1));
    // not (own + m ≤ bound), so that NaN is not hidden
    const open = untaped(() => tf.logicalNot(tf.lessEqual(tf.add(own, margin), bound)).toFloat());
    return tf.mul(own, open).mean().asScalar();
  });
}

/** Refuses tensors whose shapes differ, or that are none of those that are meant. */
function assertAlike(what: string, tensors: readonly tf.Tensor[], fits: boolean): void {
  const [{ shape }] = tensors as [tf.Tensor];
  if (fits && tensors.every(tensor => sameShape(tensor.shape, shape))) return;
  throw new LabError(
    'distill/shape',
    `${what}: shapes ${tensors.map(tensor => `[${tensor.shape.join(', ')}]`).join(', ')} do not go together.`,
    'All are [n, values] of one shape, with n ≥ 1.',
  );
}
