import type { tf } from '../../../tensor/tf.ts';
import type { NamedTensors } from '../../../train/hooks.ts';
import type { LossContext } from '../../../train/losses.ts';
import { type OwnedParameters, sightOf } from '../../../train/owned.ts';
import type { Match } from './match.ts';

/** The nodes of one of both networks that matches look at, each once. */
export const looksAt = (matches: readonly Match[], side: 'student' | 'teacher'): readonly string[] => [
  ...new Set(matches.flatMap(match => [match[side].id, ...(match.further?.[side] ?? [])])),
];

/** What a match is asked with. */
export interface Asked {
  /** Values of the teacher's nodes, by id. */
  readonly said: NamedTensors;
  /** What the match and all others own together. */
  readonly owns: OwnedParameters;
  readonly context: LossContext;
}

/** A match for a batch: it gets what it looks at, and sees the model's parameters and its own. */
export function matched(match: Match, { said, owns, context }: Asked): tf.Scalar {
  const { activations } = context;
  const further = match.further && {
    student: named(match.further.student, activations),
    teacher: named(match.further.teacher, said),
  };
  const own = named(Object.keys(match.owns ?? {}), context.parameters);
  const loss = { ...context, parameters: sightOf(match, owns)(context.parameters) };
  return match(activations[match.student.id] as tf.Tensor, said[match.teacher.id] as tf.Tensor, { own, further, loss });
}

const named = (names: readonly string[], values: NamedTensors): NamedTensors =>
  Object.fromEntries(names.map(name => [name, values[name] as tf.Tensor]));
