import { correlation, mean } from './statistics.ts';

/** How an item did, in the words of classical test theory. */
export interface ItemFigures {
  /** Mean share of the item's points, 0–1: 1 is an item that everyone solves. It is called difficulty although it grows with easiness. */
  readonly difficulty: number;
  /**
   * Correlation of the item with the rest of the total, −1 to 1: whether those who do well elsewhere solve this one. Without "the rest of",
   * an item would correlate with itself. undefined where either does not vary.
   */
  readonly discrimination: number | undefined;
}

/** Figures of an item with `shares` of its points (0–1) by student, against `rest`: each student's points on everything else. */
export function itemFigures(shares: readonly number[], rest: readonly number[]): ItemFigures {
  return { difficulty: mean(shares), discrimination: correlation(shares, rest) };
}
