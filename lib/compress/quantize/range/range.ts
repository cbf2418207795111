import type { Format } from '../format/format.ts';
import type { Interval } from '../interval.ts';

/** Counts of values in bins of equal width from `low` to `high`. */
export interface Histogram {
  readonly low: number;
  readonly high: number;
  readonly counts: Float64Array;
}

/** What is known of the values that share one scale: of a tile of a weight, or of an activation over a calibration set. All finite. */
export interface Statistics {
  /** Number of values, ≥ 1. */
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  /** √(mean of (x - mean)²). */
  readonly standardDeviation: number;
  /** Mean of |x - mean|: b of a Laplace distribution. */
  readonly absoluteDeviation: number;
  readonly histogram: Histogram;
  /** The values themselves where they are at hand (weights); methods are exact then, and work on the histogram otherwise. */
  readonly values?: Float32Array;
  /** The least and the largest value of each batch in turn, where they come in batches (activations). */
  readonly batches?: readonly Interval[];
}

/** Where the grid of a scale begins and ends. It chooses from what is known of the values and from the grid that will be laid over them. */
export interface RangeMethod {
  /** What messages call it. */
  readonly name: string;
  /** What it looks at besides counts and extremes, so that nothing else is collected; default all. */
  readonly needs?: 'extremes' | 'all';
  interval(statistics: Statistics, format: Format): Interval;
}
