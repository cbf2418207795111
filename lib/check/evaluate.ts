import type { NDArray } from '../tensor/array.ts';
import { LabError } from '../tensor/errors.ts';
import { correctCount, topClasses } from '../tensor/top-class.ts';

/**
 * Share of rows of `scores` [N, classes] whose largest value stands at the index that `labels` [N] gives, 0–1; the first of equals counts.
 * @throws LabError `accuracy/shape` when the shapes do not fit, `accuracy/finite` for NaN or infinite scores.
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
  const tops = topClasses(scores.data, classes);
  // A net that overflows is refused before it is scored, so that its author learns of it.
  const astray = tops.indexOf(-1);
  if (astray >= 0)
    throw new LabError(
      'accuracy/finite',
      `The scores of image ${astray} are not finite.`,
      'Training went astray: lower the learning rate.',
    );
  return correctCount(tops, labels.data) / rows;
}
