import type { Graph } from '../../../model/model.ts';
import { LabError } from '../../../tensor/errors.ts';
import { tf } from '../../../tensor/tf.ts';
import type { Weight } from '../../../train/sum-losses.ts';
import { assertComparable, type PlacePair } from '../place.ts';
import { hint } from './hint.ts';
import { type BothSides, type Match, matchOf } from './match.ts';

/**
 * Attention maps alike: KL(p_t ‖ p_s) of what each position attends to, mean over batch, heads and positions; values are probabilities over the last axis, as a `softmax`
 * node gives. Computed as Σ p_t log(p_t / p_s) - p_t + p_s, which is the same and ≥ 0 for rows that sum to 1 within rounding. A probability of the student that has become 0
 * counts as 10⁻³⁰. MobileBERT's attention transfer, Sun et al. 2020, equation 2.
 * @throws LabError `distill/node`, `distill/shape` unless both have one shape [heads, positions, positions], or [positions, positions].
 * @example
 * const net = (width: number) => network('attends', [4, 6]).dense(width, { id: 'q' }).from('input').dense(width, { id: 'k' })
 *   .apply('matmul', { transposeA: false, transposeB: true }, { inputs: ['q', 'k'] }).activation('softmax', { id: 'p' }).model();
 * const match = distill.attentionProbabilities({ student: { model: net(2), node: 'p' }, teacher: { model: net(8), node: 'p' } });
 */
export function attentionProbabilities(pair: PlacePair): Match {
  assertComparable('attentionProbabilities', pair, {
    fits: (student, teacher) => student.length >= 2 && student.length === teacher.length && student.every((size, i) => size === teacher[i]),
    expected: 'Both have one shape [heads, positions, positions], or [positions, positions].',
  });
  const logOf = (p: tf.Tensor): tf.Tensor => tf.log(tf.maximum(p, 1e-30));
  return matchOf(pair, (student, teacher) => {
    const apart = tf.mul(teacher, tf.sub(logOf(teacher), logOf(student)));
    return tf.add(tf.sub(apart, teacher), student).sum(-1).mean().asScalar();
  });
}

/** A layer of a transformer and its counterpart, by ids of nodes. */
export interface LayerPair {
  /** What the layer gives: [positions, channels]. */
  readonly features?: BothSides<string>;
  /** Its attention after softmax: [heads, positions, positions]. */
  readonly attention?: BothSides<string>;
}

/** How layers are weighed. */
export interface LayerTransferOptions {
  /** Weight of the features of each layer; default 1. */
  readonly features?: number;
  /** Weight of the attention of each layer; default 1. */
  readonly attention?: number;
  /**
   * Whether layers are learnt one after another: of L layers, the l-th alone has its weight in the l-th part of L parts of the run, those before it this share of theirs, and those
   * behind it none. Default: all at once. MobileBERT's progressive knowledge transfer freezes the layers before; 0.1 keeps them near.
   */
  readonly progressive?: { readonly before: number };
}

/**
 * What MobileBERT transfers, layer by layer: mean squared difference of the features (equation 1; through a regressor where the channels differ), and the divergence of the
 * attention (equation 2), each with its weight: matches for `distillationLoss`. Sun et al. 2020, §3.4 and §3.5.
 * @throws LabError `distill/layers` without layers, or for a share that does not lie in 0–1; `distill/node`, `distill/shape`.
 * @example
 * const net = (width: number) => network('attends', [4, 6]).dense(width, { id: 'q' }).from('input').dense(width, { id: 'k' })
 *   .apply('matmul', { transposeA: false, transposeB: true }, { inputs: ['q', 'k'] }).activation('softmax', { id: 'p' })
 *   .apply('matmul', { transposeA: false, transposeB: false }, { inputs: ['p', 'k'] }).layerNorm({ id: 'f' }).flatten().dense(3).model();
 * const [student, teacher] = [net(2), net(8)];
 * const layers = [{ features: { student: 'f', teacher: 'f' }, attention: { student: 'p', teacher: 'p' } }];
 * const matches = distill.layerTransfer({ student, teacher }, layers);
 * const loss = distill.distillationLoss({ teacher: distill.frozenTeacher(teacher), matches, labels: [0.1] });
 */
export function layerTransfer(
  models: BothSides<Graph>,
  layers: readonly LayerPair[],
  options: LayerTransferOptions = {},
): readonly (readonly [weight: Weight, match: Match])[] {
  const { features = 1, attention = 1, progressive } = options;
  const parts = layers.flatMap((layer, l) => [
    ...(layer.features ? [{ l, weight: features, match: hint(placesOf(models, layer.features)) }] : []),
    ...(layer.attention ? [{ l, weight: attention, match: attentionProbabilities(placesOf(models, layer.attention)) }] : []),
  ]);
  const share = progressive?.before ?? 0;
  if (parts.length === 0 || !(share >= 0 && share <= 1))
    throw new LabError(
      'distill/layers',
      `Layers are transferred by features, attention or both, and share of those before lies in 0–1; got ${parts.length} and ${share}.`,
      "Such as [{ features: { student: 'f', teacher: 'f' } }].",
    );
  return parts.map(({ l, weight, match }) => [
    progressive ? (step: number, steps: number) => weight * shareAt(l - Math.floor((step * layers.length) / steps), share) : weight,
    match,
  ]);
}

/** Of a layer that is so many behind the one that is learnt now. */
const shareAt = (behind: number, before: number): number => (behind > 0 ? 0 : behind === 0 ? 1 : before);

const placesOf = ({ student, teacher }: BothSides<Graph>, ids: BothSides<string>): PlacePair => ({
  student: { model: student, node: ids.student },
  teacher: { model: teacher, node: ids.teacher },
});
