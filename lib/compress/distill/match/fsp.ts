import type { Graph } from '../../../model/model.ts';
import { LabError } from '../../../tensor/errors.ts';
import type { Shape } from '../../../tensor/shape.ts';
import { tf } from '../../../tensor/tf.ts';
import type { NamedTensors } from '../../../train/hooks.ts';
import { type FoundPlace, foundPlace } from '../place.ts';
import { type BothSides, type Match, matchOf } from './match.ts';
import { canShrink, shrunk } from './same-places.ts';

/** Two layers of a network, such as the first and the last of a stage. */
export interface TwoPlaces {
  /** The network, with or without its values. */
  readonly model: Graph;
  /** Ids of both nodes. */
  readonly nodes: readonly [first: string, second: string];
}

/**
 * The way from one layer to another alike: mean over the batch and the entries of (G_s - G_t)², where G_ij = 1/(h w) Σ F1_i F2_j over all places, for channels i
 * of the first layer and j of the second. Within a network the larger maps are averaged down to the smaller; the paper takes maxima there, and the sum over entries.
 * Maps of student and teacher may differ in size. Yim et al. 2017 (FSP), equations 1-2.
 * @throws LabError `distill/node`, `distill/shape` unless all are maps, both of a network with the same sides or multiples, and student and teacher have the same channels.
 * @example
 * const [student, teacher] = [vgg({ widths: [4, 4] }), vgg({ widths: [4, 8, 4] })];
 * const match = distill.fsp({ student: { model: student, nodes: ['relu-1', 'relu-2'] }, teacher: { model: teacher, nodes: ['relu-1', 'relu-3'] } });
 */
export function fsp(pair: BothSides<TwoPlaces>): Match {
  const [student, teacher] = [twoFound('student', pair.student), twoFound('teacher', pair.teacher)];
  if (student.some(({ shape }, i) => shape[2] !== teacher[i]?.shape[2]))
    throw new LabError(
      'distill/shape',
      `fsp: the student's layers have ${student.map(({ shape }) => shape[2]).join(' and ')} channels, the teacher's ${teacher.map(({ shape }) => shape[2]).join(' and ')}.`,
      'Channels are the same on both sides; take other layers.',
    );
  const [first, firstOfTeacher] = [student[0].id, teacher[0].id];
  return matchOf(
    { student: { model: pair.student.model, node: student[1].id }, teacher: { model: pair.teacher.model, node: teacher[1].id } },
    (s, t, { further }) => {
      const before = further as BothSides<NamedTensors>;
      const [own, other] = [before.student[first], before.teacher[firstOfTeacher]] as [tf.Tensor, tf.Tensor];
      return tf.squaredDifference(fspMatrix(own, s), fspMatrix(other, t)).mean().asScalar();
    },
    { further: { student: [first], teacher: [firstOfTeacher] } },
  );
}

/**
 * The flow between two layers: mean over the places of F1_i F2_j, for maps [n, h, w, c] and [n, h', w', c'] → [n, c, c']; sides are the same, or multiples.
 * @example
 * tf.tidy(() => distill.fspMatrix(tf.tensor4d([1, 2], [1, 2, 1, 1]), tf.tensor4d([3, 4], [1, 2, 1, 1])).arraySync()); // → [[[5.5]]]
 */
export function fspMatrix(first: tf.Tensor, second: tf.Tensor): tf.Tensor {
  const [count, h, w] = first.shape as [number, number, number];
  const [, h2, w2] = second.shape as [number, number, number];
  const [height, width] = [Math.min(h, h2), Math.min(w, w2)];
  const [a, b] = [first, second].map(maps => shrunk(maps, height, width).reshape([count, height * width, maps.shape[3] as number])) as [
    tf.Tensor3D,
    tf.Tensor3D,
  ];
  return tf.matMul(a, b, true, false).div(height * width);
}

function twoFound(who: string, { model, nodes }: TwoPlaces): readonly [FoundPlace, FoundPlace] {
  const [first, second] = nodes.map(node => foundPlace({ model, node })) as [FoundPlace, FoundPlace];
  const isMaps = ({ length }: Shape): boolean => length === 3;
  if (isMaps(first.shape) && isMaps(second.shape) && canShrink(first.shape, second.shape)) return [first, second];
  throw new LabError(
    'distill/shape',
    `fsp: the ${who}'s ${first.id} [${first.shape.join(', ')}] and ${second.id} [${second.shape.join(', ')}] do not go together.`,
    'Both are maps [h, w, c] of one height and width, or with sides that are multiples.',
  );
}
