import { type SoftTargetOptions, softDivergence, softTargetOptions } from '../../../train/soft-targets.ts';
import { assertComparable, type PlacePair } from '../place.ts';
import { type Match, matchOf } from './match.ts';

/**
 * Softened outputs alike: T² KL(softmax(z_t / T) ‖ softmax(z_s / T)), mean over the batch. Hinton, Vinyals and Dean 2015, §2; `direction` turns it round
 * or takes the mean of both ways.
 * @throws LabError `distill/node`, `distill/shape` unless both places are [classes] with the same two classes or more, `train/temperature`, `train/direction`.
 * @example
 * const [student, teacher] = [mlp({ hidden: [8] }), mlp({ hidden: [32] })];
 * const match = distill.logits({ student: { model: student }, teacher: { model: teacher } }, { temperature: 4 });
 */
export function logits(pair: PlacePair, options: SoftTargetOptions = {}): Match {
  assertComparable('logits', pair, {
    fits: (student, teacher) => student.length === 1 && teacher.length === 1 && student[0] === teacher[0] && (student[0] as number) > 1,
    expected: 'Logits are [classes]: the same two classes or more on both sides.',
  });
  const checked = softTargetOptions(options);
  return matchOf(pair, (student, teacher) => softDivergence(student, teacher, checked));
}
