/** The real numbers that a grid is laid over: low ≤ 0 ≤ high, so that 0 is always on it. A constant c gives [min(c, 0), max(c, 0)]. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}
