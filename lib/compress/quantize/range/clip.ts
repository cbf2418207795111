import { LabError } from '../../../tensor/errors.ts';
import { binCounts } from '../../../tensor/native-quantize.ts';
import type { Interval } from '../interval.ts';
import type { Histogram, Statistics } from './range.ts';

/** What is left of the values' own interval when nothing may be further from 0 than `threshold`; 0 is in it. */
export function clippedAt({ min, max }: Pick<Statistics, 'min' | 'max'>, threshold: number): Interval {
  return { low: Math.min(0, Math.max(min, -threshold)), high: Math.max(0, Math.min(max, threshold)) };
}

/**
 * Counts of |x| in `bins` bins of equal width from 0 to the largest: of the values where they are at hand, else of the histogram, each of whose bins
 * counts where its middle lies.
 */
export function magnitudes(statistics: Statistics, bins: number): Histogram {
  const { min, max, values } = statistics;
  const high = Math.max(Math.abs(min), Math.abs(max));
  const perUnit = high > 0 ? bins / high : 0;
  const found = values && binCounts(values, { bins, low: 0, perUnit, absolute: 1 });
  if (found) return { low: 0, high, counts: Float64Array.from(found) };
  const counts = new Float64Array(bins);
  if (values) {
    // two tables in turn: neighbours often fall into one bin, whose count would have to be written before it is read again
    const [even, odd] = [new Uint32Array(bins + 1), new Uint32Array(bins + 1)];
    const { length } = values;
    for (let i = 0; i + 1 < length; i += 2) {
      const a = (Math.abs(values[i] as number) * perUnit) | 0;
      const b = (Math.abs(values[i + 1] as number) * perUnit) | 0;
      even[a] = (even[a] as number) + 1;
      odd[b] = (odd[b] as number) + 1;
    }
    if (length % 2 === 1) {
      const a = (Math.abs(values[length - 1] as number) * perUnit) | 0;
      even[a] = (even[a] as number) + 1;
    }
    for (let i = 0; i <= bins; i++) {
      // the largest itself lies at the end of the last bin
      const at = Math.min(i, bins - 1);
      counts[at] = (counts[at] as number) + (even[i] as number) + (odd[i] as number);
    }
    return { low: 0, high, counts };
  }
  // asked for here only: where there are values it would be counted first
  const { histogram } = statistics;
  const width = (histogram.high - histogram.low) / histogram.counts.length;
  for (let i = 0; i < histogram.counts.length; i++) {
    const at = Math.min(bins - 1, (Math.abs(histogram.low + (i + 0.5) * width) * perUnit) | 0);
    counts[at] = (counts[at] as number) + (histogram.counts[i] as number);
  }
  return { low: 0, high, counts };
}

/** Refuses a number that is not between two others. */
export function assertBetween(value: number, [low, high]: readonly [number, number], what: string): void {
  if (!(value >= low && value <= high))
    throw new LabError('quantize/range', `${what} lies between ${low} and ${high}; got ${value}.`, 'See the method for its usual value.');
}
