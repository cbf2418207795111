/**
 * The class of each row of scores [n, classes]: where its highest score stands, the first of equals; -1 where a score is NaN or infinite in
 * either direction, since a net that overflows knows no class.
 */
export function topClasses(scores: ArrayLike<number>, classes: number): Int32Array {
  const tops = new Int32Array(classes === 0 ? 0 : scores.length / classes);
  for (let row = 0; row < tops.length; row++) tops[row] = topOf(scores, row * classes, (row + 1) * classes);
  return tops;
}

function topOf(scores: ArrayLike<number>, from: number, to: number): number {
  let best = from;
  for (let at = from; at < to; at++) {
    if (!Number.isFinite(scores[at])) return -1;
    if (scores[at] > scores[best]) best = at;
  }
  return best - from;
}

/** How many rows have their class at their label; a row of class -1 is never right, whatever its label. */
export function correctCount(tops: ArrayLike<number>, labels: ArrayLike<number>): number {
  let correct = 0;
  for (let row = 0; row < tops.length; row++) if (tops[row] !== -1 && tops[row] === labels[row]) correct++;
  return correct;
}
