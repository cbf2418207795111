import { assertBetween, clippedAt, magnitudes } from './clip.ts';
import type { RangeMethod, Statistics } from './range.ts';

/**
 * So many percent of the values lie within the ends, counted by |x|; the rest is clipped. Between two values it interpolates, as NumPy's percentile
 * does; of a histogram it takes the place within the bin. Wu et al. 2020, section 3.
 * @throws LabError `quantize/range` unless 0 < percent ≤ 100.
 */
export function percentile({ percent = 99.9 }: { readonly percent?: number } = {}): RangeMethod {
  assertBetween(percent, [Number.MIN_VALUE, 100], 'The percentage of values that are kept');
  return Object.freeze({
    name: `percentile ${percent}`,
    interval: statistics => clippedAt(statistics, statistics.values ? ofValues(statistics.values, percent) : ofBins(statistics, percent)),
  } satisfies RangeMethod);
}

function ofValues(values: Float32Array, percent: number): number {
  const sorted = values.map(Math.abs).sort();
  const at = (percent / 100) * (sorted.length - 1);
  const below = sorted[Math.floor(at)] as number;
  const above = sorted[Math.ceil(at)] as number;
  return below + (above - below) * (at - Math.floor(at));
}

function ofBins(statistics: Statistics, percent: number): number {
  const { counts, high } = magnitudes(statistics, statistics.histogram.counts.length);
  let rest = (percent / 100) * statistics.count;
  for (let bin = 0; bin < counts.length; bin++) {
    const count = counts[bin] as number;
    if (count > 0 && rest <= count) return ((bin + rest / count) * high) / counts.length;
    rest -= count;
  }
  return high;
}
