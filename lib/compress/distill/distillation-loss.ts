import { LabError } from '../../tensor/errors.ts';
import { tf } from '../../tensor/tf.ts';
import type { NamedTensors } from '../../train/hooks.ts';
import { crossEntropy, type Loss, type LossContext, lossWith } from '../../train/losses.ts';
import { type OwnedParameters, ownedTogether, sightOf } from '../../train/owned.ts';
import { seeingItsOwn, type Weight, weightAt } from '../../train/sum-losses.ts';
import type { Match } from './match/match.ts';
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
  const { teacher, matches } = options;
  assertMatches(teacher, matches);
  const labels = options.labels && ([options.labels[0], options.labels[1] ?? crossEntropy()] as const);
  for (const weight of [...matches, ...(labels ? [labels] : [])].map(([w]) => w)) weightAt(typeof weight === 'function' ? 0 : weight);
  const owners = [...matches.map(([, match]) => match), ...(labels ? [labels[1]] : [])];
  const owns = ownedTogether(owners);
  const needs = {
    activations: [...new Set([...matches.flatMap(([, match]) => looksAt(match, 'student')), ...(labels?.[1].activations ?? [])])],
    owns,
    afterTraining(owned: Parameters<NonNullable<Loss['afterTraining']>>[0]): void {
      for (const owner of owners) owner.afterTraining?.(sightOf(owner, owns)(owned));
    },
  };
  return lossWith(needs, (outputs, targets, context) => {
    const parts = [
      ...(labels ? [tf.mul(seeingItsOwn(labels[1], owns)(outputs, targets, context), weightAt(labels[0], context.progress))] : []),
      ...matched(options, owns, context),
    ];
    options.onParts?.(
      parts.map(part => part.dataSync()[0] as number),
      context,
    );
    return tf.addN(parts).asScalar();
  });
}

/** The weighed matches of a batch. */
function matched({ teacher, matches }: DistillationOptions, owns: OwnedParameters, context: LossContext): tf.Tensor[] {
  const said = teacher.values([...new Set(matches.flatMap(([, match]) => looksAt(match, 'teacher')))], context);
  return matches.map(([weight, match]) => {
    const own = Object.fromEntries(Object.keys(match.owns ?? {}).map(name => [name, context.parameters[name] as tf.Tensor]));
    const [s, t] = [context.activations[match.student.id], said[match.teacher.id]] as [tf.Tensor, tf.Tensor];
    const further = match.further && {
      student: named(match.further.student, context.activations),
      teacher: named(match.further.teacher, said),
    };
    return tf.mul(
      match(s, t, { own, further, loss: { ...context, parameters: sightOf(match, owns)(context.parameters) } }),
      weightAt(weight, context.progress),
    );
  });
}

/** The nodes of a network that a match looks at. */
const looksAt = (match: Match, side: 'student' | 'teacher'): readonly string[] => [match[side].id, ...(match.further?.[side] ?? [])];

const named = (ids: readonly string[], values: NamedTensors): NamedTensors =>
  Object.fromEntries(ids.map(id => [id, values[id] as tf.Tensor]));

function assertMatches({ model }: Teacher, matches: DistillationOptions['matches']): void {
  if (matches.length === 0)
    throw new LabError('distill/matches', 'Nothing is matched.', 'Such as matches: [[0.9, distill.logits({ student, teacher })]].');
  const ids = new Set(model.nodes.map(({ id }) => id));
  const lost = matches.flatMap(([, match]) => looksAt(match, 'teacher')).find(id => !ids.has(id));
  if (lost === undefined) return;
  throw new LabError(
    'distill/matches',
    `A match looks at node ${lost} of the teacher, and ${model.name} has none of that id.`,
    `It has: ${[...ids].join(', ')}.`,
  );
}
