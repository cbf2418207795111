import type { Shape } from '../../../tensor/shape.ts';
import { tf } from '../../../tensor/tf.ts';
import { assertComparable, type PlacePair } from '../place.ts';
import { type Match, matchOf } from './match.ts';
import { safeRoot, unitLength, zerosOf } from './unit-length.ts';

/**
 * Distances between the examples of a batch alike: Huber(d_ij(t) - d_ij(s)), mean over pairs i ≠ j, where d_ij = ‖e_i - e_j‖ / (mean distance of the batch) in each
 * network and Huber(x) is x²/2 up to |x| = 1 and |x| - ½ beyond. Values of any size are taken as vectors e, so the networks may differ in channels. It does not
 * change when either side is rotated, shifted or scaled; the gradient flows through the mean distance as well. A batch of one example gives 0. Takes n² c numbers for a batch of n. RKD-D, Park et al. 2019,
 * equations 4-6; their code takes the mean over n² pairs, those i = j included.
 * @throws LabError `distill/node`, `distill/shape` unless both are vectors [c], or both are maps.
 * @example
 * const [student, teacher] = [vgg({ widths: [4] }), vgg({ widths: [8] })];
 * const node = 'global-average-pool-1';
 * const match = distill.relationDistance({ student: { model: student, node }, teacher: { model: teacher, node } });
 */
export function relationDistance(pair: PlacePair): Match {
  assertRelated('relationDistance', pair);
  return matchOf(pair, (student, teacher) => {
    const count = student.shape[0] as number;
    return compared(relativeDistances(student), relativeDistances(teacher), count * (count - 1));
  });
}

/**
 * Angles between the examples of a batch alike: Huber(cos∠_ijk(t) - cos∠_ijk(s)), mean over triples of different i, j, k, the angle at j. Takes n² c + n³ numbers for a
 * batch of n. It does not change when either side is rotated, shifted or scaled. Less than three examples give 0, and so does an angle at an example that coincides
 * with another in both networks. RKD-A, Park et al. 2019, equations 7-8; their code takes the mean over n³ triples.
 * @throws LabError `distill/node`, `distill/shape` unless both are vectors [c], or both are maps.
 * @example
 * const [student, teacher] = [vgg({ widths: [4] }), vgg({ widths: [8] })];
 * const node = 'global-average-pool-1';
 * const match = distill.relationAngle({ student: { model: student, node }, teacher: { model: teacher, node } });
 */
export function relationAngle(pair: PlacePair): Match {
  assertRelated('relationAngle', pair);
  return matchOf(pair, (student, teacher) => {
    const count = student.shape[0] as number;
    return compared(cosines(student), cosines(teacher), count * (count - 1) * (count - 2));
  });
}

function assertRelated(what: string, pair: PlacePair): void {
  const isVector = (shape: Shape): boolean => shape.length === 1;
  assertComparable(what, pair, {
    fits: (student, teacher) => isVector(student) === isVector(teacher),
    expected: 'Both are vectors [c], or both are maps [h, w, c]; sizes may differ.',
  });
}

/** Σ Huber(a - b) over `terms`; what they leave out is 0 on both sides. */
function compared(a: tf.Tensor, b: tf.Tensor, terms: number): tf.Scalar {
  const apart = tf.abs(tf.sub(a, b));
  const near = tf.minimum(apart, 1);
  return tf
    .sum(tf.mul(near, tf.sub(apart, tf.mul(near, 0.5))))
    .div(Math.max(terms, 1))
    .asScalar();
}

/** e_i - e_j [n, n, c]. */
function differences(values: tf.Tensor): tf.Tensor {
  const flat = values.reshape([values.shape[0] as number, -1]);
  return tf.sub(flat.expandDims(1), flat.expandDims(0));
}

/** ‖e_i - e_j‖ by their mean over i ≠ j [n, n]; zeros where all examples coincide. */
function relativeDistances(values: tf.Tensor): tf.Tensor {
  const count = values.shape[0] as number;
  const distances = safeRoot(tf.sum(tf.square(differences(values)), -1));
  const mean = tf.div(tf.sum(distances), Math.max(count * (count - 1), 1));
  return tf.div(distances, tf.add(mean, zerosOf(mean)));
}

/** Cosine of the angle at j between the ways to i and to k [j, i, k]. */
function cosines(values: tf.Tensor): tf.Tensor {
  const ways = unitLength(differences(values)) as tf.Tensor3D;
  return tf.matMul(ways, ways, false, true);
}
