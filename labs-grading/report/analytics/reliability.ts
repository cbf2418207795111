import { variance } from './statistics.ts';

/**
 * Cronbach's alpha of a test (Cronbach 1951, eq. 2): k / (k − 1) · (1 − Σ var(item) / var(total)), at most 1. `scores` holds a row for each
 * student, a column for each item. undefined with fewer than two items or students, or where totals do not vary.
 */
export function alpha(scores: readonly (readonly number[])[]): number | undefined {
  const items = scores[0]?.length ?? 0;
  const total = variance(scores.map(row => row.reduce((sum, score) => sum + score, 0)));
  if (items < 2 || scores.length < 2 || !(total > 1e-12)) return undefined;
  const single = Array.from({ length: items }, (_, i) => variance(scores.map(row => row[i] as number)));
  return (items / (items - 1)) * (1 - single.reduce((sum, value) => sum + value, 0) / total);
}

/** Kuder and Richardson's formula 20 (1937): alpha of items that are right or wrong, where var(item) = p · (1 − p). */
export function kr20(right: readonly (readonly boolean[])[]): number | undefined {
  return alpha(right.map(row => row.map(Number)));
}

/** Standard error of measurement: how far a score may lie from what the student would get on average, in points. */
export function standardError(totals: readonly number[], reliability: number): number {
  return Math.sqrt(variance(totals) * Math.max(0, 1 - reliability));
}
