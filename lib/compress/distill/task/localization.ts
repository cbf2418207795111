import { LabError } from '../../../tensor/errors.ts';
import { sameShape } from '../../../tensor/shape.ts';
import { tf } from '../../../tensor/tf.ts';
import { softDivergence } from '../../../train/soft-targets.ts';

/** Where the bins of an edge lie: the first at `low`, the last at `high`, the others evenly between. */
export interface EdgeRange {
  readonly low: number;
  readonly high: number;
}

/**
 * Edges of boxes [n, edges] as distributions over bins [n, edges, bins]: a coordinate is shared by its two neighbouring bins, so that the expectation is the
 * coordinate; outside of the range it is the end. Li et al. 2020 (Generalized Focal Loss), §3.
 * @throws LabError `distill/bins` for fewer than two bins or an empty range, `distill/shape` for edges that are not [n, edges].
 * @example
 * tf.tidy(() => distill.edgeDistribution(tf.tensor2d([[0.25]]), 3, { low: 0, high: 2 }).arraySync()); // → [[[0.75, 0.25, 0]]]
 */
export function edgeDistribution(edges: tf.Tensor, bins: number, range: EdgeRange): tf.Tensor3D {
  assertBins(bins, range);
  if (edges.rank !== 2) throw wrongShape(`edges [${edges.shape.join(', ')}]`, 'Edges are [n, edges].');
  return tf.tidy(() => {
    const place = tf.mul(tf.sub(edges, range.low), (bins - 1) / (range.high - range.low));
    const inside = tf.clipByValue(place, 0, bins - 1).expandDims(2);
    return tf.relu(tf.sub(1, tf.abs(tf.sub(inside, tf.range(0, bins))))) as tf.Tensor3D;
  });
}

/**
 * The coordinates [n, edges] that logits [n, edges, bins] expect: Σ_b softmax(z)_b · place_b. Gradients flow through it.
 * @throws LabError `distill/bins`, `distill/shape` for logits that are not [n, edges, bins].
 * @example
 * tf.tidy(() => distill.edgeExpectation(tf.zeros([1, 1, 3]), { low: 0, high: 4 }).arraySync()); // → [[2]]
 */
export function edgeExpectation(logits: tf.Tensor, range: EdgeRange): tf.Tensor2D {
  if (logits.rank !== 3) throw wrongShape(`logits [${logits.shape.join(', ')}]`, 'Logits are [n, edges, bins].');
  const bins = logits.shape[2] as number;
  assertBins(bins, range);
  return tf.tidy(() => {
    const places = tf.add(tf.mul(tf.range(0, bins), (range.high - range.low) / (bins - 1)), range.low);
    return tf.mul(tf.softmax(logits), places).sum(2) as tf.Tensor2D;
  });
}

/**
 * How sure a teacher is of each edge, handed on: T² KL(softmax(z_t / T) ‖ softmax(z_s / T)) of logits [n, edges, bins] over the bins, mean over boxes and
 * edges. 0 with a gradient of 0 where both are alike. Gradients flow to both. Zheng et al. 2022 (Localization Distillation), §3.2; T is 10 there.
 * @throws LabError `distill/shape` unless both are [n, edges, bins] of one shape with two bins or more, `train/temperature`.
 * @example
 * tf.tidy(() => distill.localizationDivergence(tf.zeros([2, 4, 8]), tf.zeros([2, 4, 8])).arraySync()); // → 0
 */
export function localizationDivergence(student: tf.Tensor, teacher: tf.Tensor, options: { readonly temperature?: number } = {}): tf.Scalar {
  const { temperature = 10 } = options;
  const bins = student.shape[2] ?? 0;
  if (student.rank !== 3 || student.size === 0 || bins < 2 || !sameShape(student.shape, teacher.shape))
    throw wrongShape(
      `the student's [${student.shape.join(', ')}] and the teacher's [${teacher.shape.join(', ')}]`,
      'Both are [n, edges, bins] of one shape, with two bins or more.',
    );
  return tf.tidy(() => softDivergence(student.reshape([-1, bins]), teacher.reshape([-1, bins]), { temperature }));
}

function assertBins(bins: number, { low, high }: EdgeRange): void {
  if (Number.isInteger(bins) && bins >= 2 && Number.isFinite(low) && Number.isFinite(high) && low < high) return;
  throw new LabError(
    'distill/bins',
    `An edge has two bins or more over a range from low up to a higher high; got ${bins} bins from ${low} to ${high}.`,
    'Such as 16 bins, { low: 0, high: 28 }.',
  );
}

const wrongShape = (got: string, expected: string): LabError => new LabError('distill/shape', `Localization: ${got} do not fit.`, expected);
