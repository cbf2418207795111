import { LabError } from '../../../tensor/errors.ts';
import { firstNotFinite } from '../../../tensor/finite.ts';
import { binCounts, channelExtremes } from '../../../tensor/native-quantize.ts';
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
  const { min, max, finite } = extremesOf(values);
  if (!finite) refuseNotFinite(values, where);
  return valueStatistics(values, { min, max, bins });
}

/** The least and the largest value, without the sign of a zero, and whether all are finite. */
function extremesOf(values: Float32Array): { readonly min: number; readonly max: number; readonly finite: boolean } {
  const found = channelExtremes(values, { outer: 1, channels: 1, inner: values.length });
  if (found) {
    const [min, max] = [found.low[0] as number, found.high[0] as number];
    return { min, max, finite: !found.broken && Number.isFinite(min) && Number.isFinite(max) };
  }
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
  // adding 0 takes the sign of -0 off
  return { min: min + 0, max: max + 0, finite: finite && max !== Number.POSITIVE_INFINITY };
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
  const perUnit = high > low ? bins / (high - low) : 0;
  const found = binCounts(values, { bins, low, perUnit, absolute: 0 });
  if (found) return { low, high, counts: Float64Array.from(found) };
  const counts = new Float64Array(bins);
  for (let i = 0; i < values.length; i++) {
    const bin = Math.min(bins - 1, Math.max(0, Math.floor(((values[i] as number) - low) * perUnit)));
    counts[bin] = (counts[bin] as number) + 1;
  }
  return { low, high, counts };
}
