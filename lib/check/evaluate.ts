import type { NDArray } from '../tensor/array.ts';
import { LabError } from '../tensor/errors.ts';
import { classesOf, correctCount, strayLabel, topClasses } from '../tensor/top-class.ts';

/**
 * Share of rows of `scores` [N, classes] whose class is the label that `labels` [N] gives, 0–1: the largest value, the first of equals; of one score,
 * class 1 where it is above 0.
 * @throws LabError `accuracy/shape` when the shapes do not fit or a label is none of the net's classes, `accuracy/finite` for NaN or infinite scores.
 */
export function shareCorrect(scores: NDArray, labels: NDArray): number {
  const [rows = 0, classes = 0] = scores.shape;
  if (scores.shape.length !== 2 || rows !== labels.data.length || rows * classes === 0) {
    throw new LabError(
      'accuracy/shape',
      `Expected scores of shape [${labels.data.length}, classes]; got [${scores.shape.join(', ')}].`,
      'The net should end in one score for each class.',
    );
  }
  const beyond = strayLabel(labels.data, classesOf(classes));
  if (beyond >= 0)
    throw new LabError(
      'accuracy/shape',
      `The net tells ${classesOf(classes)} classes apart; the label of image ${beyond} is ${labels.data[beyond]}.`,
      'The net should end in one score for each class.',
    );
  const tops = topClasses(scores.data, classes);
  // A net that overflows is refused before it is scored, so that its author learns of it.
  const astray = tops.indexOf(-1);
  if (astray >= 0)
    throw new LabError(
      'accuracy/finite',
      `The scores of image ${astray} are not finite.`,
      'Do its weights hold NaN or infinities? Training that diverged leaves such weights behind.',
    );
  return correctCount(tops, labels.data) / rows;
}
