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
  let [min, max, finite] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, true];
  for (let i = 0; i < values.length; i++) {
    const x = values[i] as number;
    // NaN is no more than anything, too
    if (!(x >= min)) {
      min = x;
      if (x - x !== 0) finite = false;
    }
    if (x > max) max = x;
  }
  if (!finite || max === Number.POSITIVE_INFINITY) refuseNotFinite(values, where);
  return valueStatistics(values, { min, max, bins });
}

function refuseNotFinite(values: Float32Array, where: string): never {
  const broken = firstNotFinite(values);
  throw new LabError(
    'quantize/finite',
    `${where}: value ${broken} is ${values[broken]}; a range has finite ends.`,
    'Did training diverge?',
  );
}

/** Statistics where counts and extremes alone are known: the others are NaN, and the histogram is empty. */
export function extremeStatistics(
  known: Pick<Statistics, 'count' | 'min' | 'max' | 'batches'> & Partial<Pick<Statistics, 'mean'>>,
): Statistics {
  const none = { low: 0, high: 0, counts: new Float64Array(0) };
  return { mean: Number.NaN, standardDeviation: Number.NaN, absoluteDeviation: Number.NaN, histogram: none, ...known };
}

type Known = Pick<Statistics, 'min' | 'max'> & { readonly bins: number };

/** Mean, deviations and the histogram are computed when they are asked for: most methods need the extremes alone. */
function valueStatistics(values: Float32Array, { min, max, bins }: Known): Statistics {
  let histogram: Histogram | undefined;
  let deviations: Deviations | undefined;
  return {
    count: values.length,
    min,
    max,
    values,
    get mean(): number {
      deviations ??= deviationsOf(values);
      return deviations.mean;
    },
    get histogram(): Histogram {
      histogram ??= histogramOf(values, { low: min, high: max, bins });
      return histogram;
    },
    get standardDeviation(): number {
      deviations ??= deviationsOf(values);
      return deviations.standard;
    },
    get absoluteDeviation(): number {
      deviations ??= deviationsOf(values);
      return deviations.absolute;
    },
  };
}

interface Deviations {
  readonly mean: number;
  readonly standard: number;
  readonly absolute: number;
}

/** The mean, √(mean of (x - mean)²) and the mean of |x - mean|. */
function deviationsOf(values: Float32Array): Deviations {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] as number;
  const mean = sum / values.length;
  let [squares, absolute] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    const d = (values[i] as number) - mean;
    squares += d * d;
    absolute += Math.abs(d);
  }
  return { mean, standard: Math.sqrt(squares / values.length), absolute: absolute / values.length };
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
