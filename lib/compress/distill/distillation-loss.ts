import { LabError } from '../../tensor/errors.ts';
import { tf } from '../../tensor/tf.ts';
import { crossEntropy, type Loss, type LossContext, lossWith } from '../../train/losses.ts';
import { ownersTogether } from '../../train/owned.ts';
import { assertWeight, seeingItsOwn, type Weight, weightAt } from '../../train/sum-losses.ts';
import type { Match } from './match/match.ts';
import { looksAt, matched } from './match/matched.ts';
import type { Teacher } from './teacher.ts';

/** A match, its weight, and whom it is taken from. */
export interface DistillationOptions {
  /** Who is learnt from. */
  readonly teacher: Teacher;
  /** What is matched, each with its weight: a number, or what it is at each update. */
  readonly matches: readonly (readonly [weight: Weight, match: Match])[];
  /** Weight of the loss on the labels, and that loss; default weight 0: targets are not looked at. */
  readonly labels?: readonly [weight: Weight, loss?: Loss];
  /** Receives each weighed part of the loss, that of the labels first where there is one, for pictures of who pulls how hard. */
  readonly onParts?: (parts: readonly number[], context: LossContext) => void;
}

/**
 * w₀ L(outputs, labels) + Σ wᵢ matchᵢ(student, teacher): a loss for `fit` that asks the teacher once a batch and keeps only the values that some match looks
 * at. Parameters of the matches are trained along with the student and are no part of it.
 * @throws LabError `distill/matches` when nothing is matched or a match names a node that the teacher lacks, `train/loss` for a weight that is no finite number,
 * `train/owned`; at a batch what the teacher and the matches refuse.
 * @example
 * const [student, teacher] = [mlp({ hidden: [8] }), distill.frozenTeacher(mlp({ hidden: [32], seed: 1 }))];
 * const match = distill.logits({ student: { model: student }, teacher }, { temperature: 4 });
 * const loss = distill.distillationLoss({ teacher, matches: [[0.9, match]], labels: [0.1] });
 * const taught = await fit(student, strokeGlyphs({ count: 64, seed: 1 }), { loss });
 */
export function distillationLoss(options: DistillationOptions): Loss {
  const { teacher } = options;
  const matches = options.matches.map(([, match]) => match);
  assertMatches(teacher, matches);
  const labels = options.labels && ([options.labels[0], options.labels[1] ?? crossEntropy()] as const);
  for (const [weight] of [...options.matches, ...(labels ? [labels] : [])]) assertWeight(weight);
  const owner = ownersTogether([...matches, ...(labels ? [labels[1]] : [])]);
  const hard = labels && seeingItsOwn(labels[1], owner.owns);
  const activations = [...new Set([...looksAt(matches, 'student'), ...(labels?.[1].activations ?? [])])];
  const asked = looksAt(matches, 'teacher');
  return lossWith({ activations, ...owner }, (outputs, targets, context) => {
    const weighed = (weight: Weight, value: tf.Tensor): tf.Tensor => tf.mul(value, weightAt(weight, context.progress));
    const said = teacher.values(asked, context);
    const parts = [
      ...(labels && hard ? [weighed(labels[0], hard(outputs, targets, context))] : []),
      ...options.matches.map(([weight, match]) => weighed(weight, matched(match, { said, owns: owner.owns, context }))),
    ];
    options.onParts?.(
      parts.map(part => part.dataSync()[0] as number),
      context,
    );
    return tf.addN(parts).asScalar();
  });
}

function assertMatches({ model }: Teacher, matches: readonly Match[]): void {
  if (matches.length === 0)
    throw new LabError('distill/matches', 'Nothing is matched.', 'Such as matches: [[0.9, distill.logits({ student, teacher })]].');
  const ids = new Set(model.nodes.map(({ id }) => id));
  const lost = looksAt(matches, 'teacher').find(id => !ids.has(id));
  if (lost === undefined) return;
  throw new LabError(
    'distill/matches',
    `A match looks at node ${lost} of the teacher, and ${model.name} has none of that id.`,
    `It has: ${[...ids].join(', ')}.`,
  );
}
