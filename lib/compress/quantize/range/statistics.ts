import { LabError } from '../../../tensor/errors.ts';
import { firstNotFinite } from '../../../tensor/finite.ts';
import type { Histogram, Statistics } from './range.ts';

/** What statistics are taken with. */
export interface StatisticsOptions {
  /** Bins of the histogram; default 2,048. */
  readonly bins?: number;
  /** Names the values in messages. */
  readonly where?: string;
}

/**
 * Statistics of these values, in double precision, with a histogram from the smallest to the largest.
 * @throws LabError `quantize/empty` for no values, `quantize/finite` for NaN or an infinity.
 */
export function statisticsOf(values: Float32Array, { bins = 2048, where = 'The values' }: StatisticsOptions = {}): Statistics {
  if (values.length === 0)
    throw new LabError(
      'quantize/empty',
      `${where}: there is no value to take a range from.`,
      'Give at least one value, or one image to calibrate with.',
    );
  const broken = firstNotFinite(values);
  if (broken >= 0)
    throw new LabError(
      'quantize/finite',
      `${where}: value ${broken} is ${values[broken]}; a range has finite ends.`,
      'Did training diverge?',
    );
  let [min, max, sum] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (let i = 0; i < values.length; i++) {
    const x = values[i] as number;
    if (x < min) min = x;
    if (x > max) max = x;
    sum += x;
  }
  return valueStatistics(values, { min, max, mean: sum / values.length, bins });
}

/** Statistics where counts and extremes alone are known: the others are NaN, and the histogram is empty. */
export function extremeStatistics(
  known: Pick<Statistics, 'count' | 'min' | 'max' | 'batches'> & Partial<Pick<Statistics, 'mean'>>,
): Statistics {
  const none = { low: 0, high: 0, counts: new Float64Array(0) };
  return { mean: Number.NaN, standardDeviation: Number.NaN, absoluteDeviation: Number.NaN, histogram: none, ...known };
}

type Known = Pick<Statistics, 'min' | 'max' | 'mean'> & { readonly bins: number };

/** Deviations and the histogram are computed when they are asked for: most methods need the extremes alone. */
function valueStatistics(values: Float32Array, { min, max, mean, bins }: Known): Statistics {
  let histogram: Histogram | undefined;
  let deviations: Deviations | undefined;
  return {
    count: values.length,
    min,
    max,
    mean,
    values,
    get histogram(): Histogram {
      histogram ??= histogramOf(values, { low: min, high: max, bins });
      return histogram;
    },
    get standardDeviation(): number {
      deviations ??= deviationsOf(values, mean);
      return deviations.standard;
    },
    get absoluteDeviation(): number {
      deviations ??= deviationsOf(values, mean);
      return deviations.absolute;
    },
  };
}

interface Deviations {
  readonly standard: number;
  readonly absolute: number;
}

/** √(mean of (x - mean)²) and the mean of |x - mean|. */
function deviationsOf(values: Float32Array, mean: number): Deviations {
  let [squares, absolute] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    const d = (values[i] as number) - mean;
    squares += d * d;
    absolute += Math.abs(d);
  }
  return { standard: Math.sqrt(squares / values.length), absolute: absolute / values.length };
}

/** How often values lie in each of `bins` bins of equal width; ends belong to the first and the last, all values to the first where low = high. */
export function histogramOf(
  values: ArrayLike<number>,
  { low, high, bins }: { readonly low: number; readonly high: number; readonly bins: number },
): Histogram {
  const counts = new Float64Array(bins);
  const perUnit = high > low ? bins / (high - low) : 0;
  for (let i = 0; i < values.length; i++) {
    const bin = Math.min(bins - 1, Math.max(0, Math.floor(((values[i] as number) - low) * perUnit)));
    counts[bin] = (counts[bin] as number) + 1;
  }
  return { low, high, counts };
}
