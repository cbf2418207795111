import { LabError } from '../../../tensor/errors.ts';
import { tf } from '../../../tensor/tf.ts';
import { untaped } from '../../../tensor/untaped.ts';
import { assertComparable, foundPair, type PlacePair } from '../place.ts';
import { type Match, matchOf } from './match.ts';
import { canShrink, shrunk } from './same-places.ts';
import { unitLength } from './unit-length.ts';

/** How attention is read off the activations. */
export interface AttentionOptions {
  /** Power p ≥ 1 of |A|: a larger one looks at the strongest channels; default 2. */
  readonly power?: number;
}

/**
 * Attention alike: mean over batch and places of (q_s / ‖q_s‖ - q_t / ‖q_t‖)², where q = Σ_c |A_c|^p is a map of how active each place is. Channels may differ,
 * and the larger map is averaged down to the smaller where its sides are multiples. It does not change when either side is scaled; range 0 to 2 / places. Activation-based
 * attention transfer, Zagoruyko and Komodakis 2017, equation 2, as the mean that their code takes (weights near 1,000 are usual).
 * @throws LabError `distill/power`, `distill/node`, `distill/shape` unless both are maps [h, w, c] whose sides are the same or multiples.
 * @example
 * const [student, teacher] = [vgg({ widths: [4] }), vgg({ widths: [8] })];
 * const match = distill.attention({ student: { model: student, node: 'relu-1' }, teacher: { model: teacher, node: 'relu-1' } });
 */
export function attention(pair: PlacePair, options: AttentionOptions = {}): Match {
  const read = attentionReader('attention', pair, options);
  return matchOf(pair, (student, teacher) => tf.squaredDifference(read(student), read(teacher)).mean().asScalar());
}

/**
 * What reads normalised attention [n, places] off maps of either side, for a match of this name.
 * @throws LabError `distill/power`, `distill/node`, `distill/shape`, as in `attention`.
 */
export function attentionReader(what: string, pair: PlacePair, { power = 2 }: AttentionOptions): (maps: tf.Tensor) => tf.Tensor {
  if (!(power >= 1 && Number.isFinite(power)))
    throw new LabError('distill/power', `The power of attention is a number of 1 or more; got ${power}.`, 'Usual are 1 and 2.');
  assertComparable(what, pair, {
    fits: (student, teacher) => student.length === 3 && teacher.length === 3 && canShrink(student, teacher),
    expected: 'Both are maps [h, w, c] of one height and width, or with sides that are multiples; channels may differ.',
  });
  const [s, t] = [foundPair(pair).student.shape, foundPair(pair).teacher.shape] as [number[], number[]];
  const [height, width] = [Math.min(s[0] as number, t[0] as number), Math.min(s[1] as number, t[1] as number)];
  return maps =>
    unitLength(shrunk(attentionMap(maps, power).expandDims(-1), height, width).reshape([maps.shape[0] as number, height * width]));
}

/**
 * How active each place is: Σ_c |A_c|^p, maps [n, h, w, c] → [n, h, w].
 * @example
 * tf.tidy(() => distill.attentionMap(tf.tensor4d([3, 4], [1, 1, 1, 2])).arraySync()); // → [[[25]]]
 */
export function attentionMap(maps: tf.Tensor, power = 2): tf.Tensor {
  if (power === 2) return tf.sum(tf.square(maps), -1);
  // the gradient of tf.abs at 0 is -1
  const sizes = tf.mul(
    maps,
    untaped(() => tf.sign(maps)),
  );
  return tf.sum(power === 1 ? sizes : tf.pow(sizes, power), -1);
}
