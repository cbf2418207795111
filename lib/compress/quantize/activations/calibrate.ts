import type { Dataset } from '../../../data/dataset.ts';
import { summarizeActivations } from '../../../inspect/activations.ts';
import type { Model } from '../../../model/model.ts';
import { LabError } from '../../../tensor/errors.ts';
import { tf } from '../../../tensor/tf.ts';
import type { Examples } from '../../../train/examples.ts';
import { type AffineFormat, affineFormat } from '../format/affine.ts';
import type { Interval } from '../interval.ts';
import { minMax } from '../range/min-max.ts';
import type { RangeMethod, Statistics } from '../range/range.ts';
import { extremeStatistics } from '../range/statistics.ts';
import { fixedInterval } from './fixed-grids.ts';
import { activationPlaces } from './places.ts';

/** Which values are looked at. */
export interface ActivationStatisticsOptions {
  /** Nodes; default all whose values become integers (`activationPlaces`). */
  readonly nodes?: readonly string[];
  /** `extremes` takes one pass over the data instead of two; deviations are NaN then and the histogram is empty. Default `all`. */
  readonly needs?: 'extremes' | 'all';
  /** Bins of the histogram from 0 to the end that is further away; default 2,048. */
  readonly bins?: number;
  /** Is called after each batch of each pass with the number of examples that are done, and of all. */
  readonly onBatch?: (done: number, count: number) => void;
}

/** How ranges are chosen. */
export interface CalibrateOptions extends Pick<ActivationStatisticsOptions, 'nodes' | 'bins' | 'onBatch'> {
  /** Default from the least to the largest value. */
  readonly range?: RangeMethod;
  /** The integers that the ranges are for; default 8 bits, asymmetric. */
  readonly format?: AffineFormat;
}

/**
 * Runs the calibration data through the model and chooses the interval of each value, by node: what `quantizeActivations` takes. 100 to 1,000 examples
 * are usual. Softmax and sigmoid have the interval that TensorFlow Lite stores them on, whatever the data. Jacob et al. 2018, section 3; Wu et al. 2020.
 * @throws LabError `quantize/empty` for no data, `quantize/finite` with the node's name for NaN or an infinity, `model/node`.
 */
export function calibrate(model: Model, data: Dataset | Examples, options: CalibrateOptions = {}): Readonly<Record<string, Interval>> {
  const { range = minMax(), format = { bits: 8 }, ...rest } = options;
  const grid = affineFormat({ ...format, restricted: false });
  const statistics = activationStatistics(model, data, { ...rest, needs: range.needs ?? 'all' });
  return Object.fromEntries([...statistics].map(([id, found]) => [id, fixedInterval(model, id, format) ?? range.interval(found, grid)]));
}

/**
 * Statistics of values over a set of examples, by node: extremes of each batch in turn, deviations, and one histogram whose bins begin at 0 on both
 * sides, so that the second pass knows its ends from the first.
 * @throws LabError `quantize/empty`, `quantize/finite`, `model/node`.
 */
export function activationStatistics(
  model: Model,
  data: Dataset | Examples,
  { nodes = activationPlaces(model), needs = 'all', bins = 2048, onBatch }: ActivationStatisticsOptions = {},
): ReadonlyMap<string, Statistics> {
  const { shape } = 'images' in data ? data.images : data.inputs;
  if (!shape[0])
    throw new LabError(
      'quantize/empty',
      'The calibration set is empty: there is no activation to take a range from.',
      'Give 100 to 1,000 examples.',
    );
  const collect = (of: (value: tf.Tensor, id: string) => tf.Tensor): ReturnType<typeof summarizeActivations> =>
    summarizeActivations(model, data, { nodes, of, ...(onBatch && { onBatch }) });
  const first = collect(extremesOf);
  const found = new Map([...first].map(([id, batches]) => [id, merged(batches, id)] as const));
  if (needs === 'extremes') return found;
  const grids = new Map([...found].map(([id, { min, max }]) => [id, binsOf({ min, max }, bins)] as const));
  const second = collect((value, id) => spread(value, { mean: found.get(id)?.mean as number, grid: grids.get(id) as Bins }));
  return new Map(
    [...found].map(([id, extremes]) => [id, completed(extremes, { batches: second.get(id) ?? [], grid: grids.get(id) as Bins })]),
  );
}

/** [least, largest, sum, number] of one batch; NaN where a value is not finite. */
function extremesOf(value: tf.Tensor): tf.Tensor {
  const data = value.dataSync();
  let [min, max, sum, broken] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0];
  for (let i = 0; i < data.length; i++) {
    const x = data[i] as number;
    if (x < min) min = x;
    if (x > max) max = x;
    sum += x;
    broken += x - x;
  }
  return tf.tensor1d([min + broken, max, sum, data.length]);
}

function merged(batches: readonly Float32Array[], id: string): Statistics {
  const extremes = batches.map(([low, high]) => ({ low: low as number, high: high as number }));
  const broken = extremes.findIndex(({ low, high }) => !(Number.isFinite(low) && Number.isFinite(high)));
  if (broken >= 0)
    throw new LabError(
      'quantize/finite',
      `Node ${id}: its values in batch ${broken} are not all finite; a range has finite ends.`,
      'Did training diverge, or do the data hold NaN?',
    );
  const count = batches.reduce((sum, batch) => sum + (batch[3] as number), 0);
  return extremeStatistics({
    count,
    min: Math.min(...extremes.map(({ low }) => low)),
    max: Math.max(...extremes.map(({ high }) => high)),
    mean: batches.reduce((sum, batch) => sum + (batch[2] as number), 0) / count,
    batches: extremes,
  });
}

/** Bins of one width, of which one begins at 0. */
interface Bins {
  readonly width: number;
  /** Below and above 0. */
  readonly below: number;
  readonly above: number;
}

function binsOf({ min, max }: Pick<Statistics, 'min' | 'max'>, bins: number): Bins {
  const width = Math.max(-min, max) / bins;
  const side = (end: number): number => (width > 0 ? Math.min(bins, Math.ceil(end / width)) : 0);
  return { width, below: side(Math.max(0, -min)), above: Math.max(1, side(Math.max(0, max))) };
}

/** [Σ (x - mean)², Σ |x - mean|, count of each bin] of one batch. */
function spread(value: tf.Tensor, { mean, grid: { width, below, above } }: { readonly mean: number; readonly grid: Bins }): tf.Tensor {
  const data = value.dataSync();
  const sums = new Float64Array(2 + below + above);
  const perUnit = width > 0 ? 1 / width : 0;
  let [squares, deviations] = [0, 0];
  for (let i = 0; i < data.length; i++) {
    const x = data[i] as number;
    const d = x - mean;
    squares += d * d;
    deviations += d < 0 ? -d : d;
    const bin = Math.floor(x * perUnit);
    const at = 2 + (bin < -below ? 0 : bin >= above ? below + above - 1 : bin + below);
    sums[at] = (sums[at] as number) + 1;
  }
  sums[0] = squares;
  sums[1] = deviations;
  return tf.tensor1d(Float32Array.from(sums));
}

interface Spread {
  readonly batches: readonly Float32Array[];
  readonly grid: Bins;
}

function completed(extremes: Statistics, { batches, grid: { width, below, above } }: Spread): Statistics {
  const sums = new Float64Array(2 + below + above);
  for (const batch of batches) for (let i = 0; i < sums.length; i++) sums[i] = (sums[i] as number) + (batch[i] as number);
  const [squares = 0, deviations = 0] = sums;
  return {
    ...extremes,
    standardDeviation: Math.sqrt(squares / extremes.count),
    absoluteDeviation: deviations / extremes.count,
    histogram: { low: -width * below || 0, high: width * above, counts: sums.slice(2) },
  };
}
