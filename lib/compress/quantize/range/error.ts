import type { Format } from '../format/format.ts';
import type { Interval } from '../interval.ts';
import type { Statistics } from './range.ts';

/** Mean squared error of quantizing, split by where it comes from; rounding + clipping = total. */
export interface QuantizationError {
  readonly total: number;
  /** Of values between the first and the last number of the grid: at most (S / 2)² each on a grid of step S. */
  readonly rounding: number;
  /** Of values beyond them. */
  readonly clipping: number;
  /** Share of values beyond them, 0–1. */
  readonly clipped: number;
}

/**
 * What a grid over an interval costs: exact where the values are at hand, else with each bin of the histogram in its middle.
 * @example
 * const statistics = statisticsOf(new Float32Array([0.1, 0.4, -3]));
 * const { clipped } = quantizationError(statistics, { low: -1, high: 1 }, affineFormat({ bits: 8, symmetric: true }));
 * clipped; // → 1 / 3
 */
export function quantizationError(statistics: Statistics, interval: Interval, format: Pick<Format, 'snap'>): QuantizationError {
  const snap = format.snap(interval);
  const [low, high] = [snap(Number.NEGATIVE_INFINITY), snap(Number.POSITIVE_INFINITY)];
  const { points, weights } = pointsOf(statistics);
  let [inside, outside, beyond] = [0, 0, 0];
  for (let i = 0; i < points.length; i++) {
    const weight = weights ? (weights[i] as number) : 1;
    if (weight === 0) continue;
    const x = points[i] as number;
    const d = x - snap(x);
    if (x >= low && x <= high) inside += weight * d * d;
    else {
      outside += weight * d * d;
      beyond += weight;
    }
  }
  const { count } = statistics;
  const [rounding, clipping] = [inside / count, outside / count];
  return { total: rounding + clipping, rounding, clipping, clipped: beyond / count };
}

/** The values, or the middles of the bins with their counts. */
function pointsOf(statistics: Statistics): { readonly points: ArrayLike<number>; readonly weights?: Float64Array } {
  if (statistics.values) return { points: statistics.values };
  const { counts, low, high } = statistics.histogram;
  const width = (high - low) / counts.length;
  return { points: counts.map((_, i) => low + (i + 0.5) * width), weights: counts };
}
