import { LabError } from '../../../tensor/errors.ts';
import { sameShape } from '../../../tensor/shape.ts';
import { tf } from '../../../tensor/tf.ts';
import { type SoftTargetOptions, softDivergence } from '../../../train/soft-targets.ts';
import { unitLength } from '../match/unit-length.ts';

/**
 * Each pixel's distribution over classes alike: T² KL(p_t ‖ p_s) of logits [n, h, w, classes], mean over images and pixels. 0 with a gradient of 0 where both are
 * alike. Gradients flow to both. Liu et al. 2019 (Structured Knowledge Distillation), equation 2, where T is 1, the default here.
 * @throws LabError `distill/shape` unless both are [n, h, w, classes] of one shape with two classes or more, `train/temperature`, `train/direction`.
 * @example
 * tf.tidy(() => distill.pixelDivergence(tf.zeros([1, 2, 2, 3]), tf.zeros([1, 2, 2, 3])).arraySync()); // → 0
 */
export function pixelDivergence(student: tf.Tensor, teacher: tf.Tensor, options: SoftTargetOptions = {}): tf.Scalar {
  const classes = student.shape[3] ?? 0;
  if (student.rank !== 4 || student.size === 0 || classes < 2 || !sameShape(student.shape, teacher.shape))
    throw apart(student, teacher, 'Both are [n, h, w, classes] of one shape, with two classes or more.');
  return tf.tidy(() => softDivergence(student.reshape([-1, classes]), teacher.reshape([-1, classes]), { temperature: 1, ...options }));
}

/**
 * Which places of an image look alike, handed on: a_ij is the cosine of the features of places i and j, and the loss the mean over images and all pairs of
 * (a_ij of the student - a_ij of the teacher)², for maps [n, h, w, channels] of the same places; channels may differ. It does not depend on the features' lengths. A place
 * whose features are all 0 is like nothing: a = 0. Liu et al. 2019, equation 3.
 * @throws LabError `distill/shape` unless both are [n, h, w, …] with the same images and places.
 * @example
 * const map = tf.tidy(() => distill.pairSimilarity(tf.ones([1, 2, 2, 3]), tf.ones([1, 2, 2, 5])).arraySync());
 * map.toFixed(3); // → '0.000'
 */
export function pairSimilarity(student: tf.Tensor, teacher: tf.Tensor): tf.Scalar {
  const places = (t: tf.Tensor): number[] => t.shape.slice(0, 3);
  if (student.rank !== 4 || teacher.rank !== 4 || student.size === 0 || teacher.size === 0 || !sameShape(places(student), places(teacher)))
    throw apart(student, teacher, 'Both are [n, h, w, channels] with the same images and places; channels may differ.');
  return tf.tidy(() => tf.squaredDifference(cosines(student), cosines(teacher)).mean().asScalar());
}

/** [n, places, places]: cosines of all pairs of places. */
function cosines(map: tf.Tensor): tf.Tensor {
  const [n, h, w, channels] = map.shape as [number, number, number, number];
  const unit = unitLength(map.reshape([n, h * w, channels])) as tf.Tensor3D;
  return tf.matMul(unit, unit, false, true);
}

const apart = ({ shape }: tf.Tensor, teacher: tf.Tensor, hint: string): LabError =>
  new LabError(
    'distill/shape',
    `The student's [${shape.join(', ')}] and the teacher's [${teacher.shape.join(', ')}] do not go together.`,
    hint,
  );
