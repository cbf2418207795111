import type { NDArray } from '../tensor/array.ts';
import { LabError } from '../tensor/errors.ts';

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
  let correct = 0;
  for (let row = 0; row < rows; row++) {
    const at = scores.data.subarray(row * classes, (row + 1) * classes);
    if (!at.every(Number.isFinite))
      throw new LabError('accuracy/finite', `The scores of image ${row} are not finite.`, 'Training went astray: lower the learning rate.');
    if (at.indexOf(Math.max(...at)) === labels.data[row]) correct += 1;
  }
  return correct / rows;
}
