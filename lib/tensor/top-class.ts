/**
 * The class of each row of scores [n, outputs]: where its highest score stands, the first of equals. One output is a binary logit: class 1 where it
 * is above 0, else class 0. -1 where a score is NaN or infinite in either direction, since a net that overflows knows no class.
 */
export function topClasses(scores: ArrayLike<number>, outputs: number): Int32Array {
  const tops = new Int32Array(outputs === 0 ? 0 : scores.length / outputs);
  for (let row = 0; row < tops.length; row++) tops[row] = topOf(scores, row * outputs, (row + 1) * outputs);
  return tops;
}

function topOf(scores: ArrayLike<number>, from: number, to: number): number {
  let best = from;
  for (let at = from; at < to; at++) {
    if (!Number.isFinite(scores[at])) return -1;
    if (scores[at] > scores[best]) best = at;
  }
  return to - from === 1 ? Number(scores[from] > 0) : best - from;
}

/** How many classes a net with so many outputs tells apart: one output is a binary logit. */
export const classesOf = (outputs: number): number => (outputs === 1 ? 2 : outputs);

/** The place of the first label that is none of the classes 0 … classes - 1; -1 when there is none. */
export function strayLabel(labels: ArrayLike<number>, classes: number): number {
  for (let row = 0; row < labels.length; row++) if (!Number.isInteger(labels[row]) || labels[row] < 0 || labels[row] >= classes) return row;
  return -1;
}

/** How many rows have their class at their label; a row of class -1 is never right, whatever its label. */
export function correctCount(tops: ArrayLike<number>, labels: ArrayLike<number>): number {
  let correct = 0;
  for (let row = 0; row < tops.length; row++) if (tops[row] !== -1 && tops[row] === labels[row]) correct++;
  return correct;
}
