import { array, type Model, type NDArray, type Random, withParameters } from 'tinylab';

// Reference answers of the fine-grained half, with the slips that students make as options.

export const sum = (values: ArrayLike<number>): number => Array.prototype.reduce.call(values, (a, b) => a + b, 0) as number;

export const zerosIn = (a: NDArray): number => Array.prototype.filter.call(a.data, v => v === 0).length;

interface Slips {
  readonly importance?: (value: number) => number;
  /** How the number of zeros becomes whole. */
  readonly whole?: (zeros: number) => number;
  /** Keep what equals the threshold. */
  readonly keepEqual?: boolean;
  readonly inverted?: boolean;
}

/** 1 where a weight is kept: importance above that of the k-th least important one, k = round(sparsity · n). */
export function maskOf(weight: NDArray, sparsity: number, slips: Slips = {}): NDArray {
  const { importance = Math.abs, whole = Math.round, keepEqual = false, inverted = false } = slips;
  const scores = Array.from(weight.data, v => importance(v));
  const pruned = whole(sparsity * scores.length);
  const threshold = pruned === 0 ? Number.NEGATIVE_INFINITY : (scores.toSorted((a, b) => a - b)[pruned - 1] as number);
  const kept = scores.map(score => score > threshold || (keepEqual && score === threshold));
  return array(
    weight.shape,
    kept.map(keep => Number(keep !== inverted)),
    'uint8',
  );
}

/** The model with masks on some of its parameters, and zeros where a mask says so. */
export function masked(model: Model, masks: Readonly<Record<string, NDArray>>): Model {
  const change = Object.entries(masks).map(([name, mask]) => {
    const { value } = model.parameters[name] as Model['parameters'][string];
    const data = Float32Array.from(value.data, (v, i) => (mask.data[i] ? v : 0));
    return [name, { mask, value: array(value.shape, data) }] as const;
  });
  return withParameters(model, Object.fromEntries(change));
}

/** Each named weight pruned to its own sparsity. */
export function layersPruned(model: Model, map: Readonly<Record<string, number>>): Model {
  const own = (name: string): NDArray => maskOf((model.parameters[name] as Model['parameters'][string]).value, map[name] as number);
  return masked(model, Object.fromEntries(Object.keys(map).map(name => [name, own(name)])));
}

/** Bytes of a weight array that keeps only what its mask keeps: each a 32-bit value with a 4-bit index. */
export const sparseBytes = (kept: number, indexBits = 4): number => (kept * (32 + indexBits)) / 8;

/** Names of the weights (kernels), first layer first. */
export const weightNames = (model: Model): string[] => Object.keys(model.parameters).filter(name => name.endsWith('.kernel'));

export const keptWeights = (model: Model): number =>
  sum(
    weightNames(model).map(name => {
      const { value } = model.parameters[name] as Model['parameters'][string];
      return value.data.length - zerosIn(value);
    }),
  );

export interface Statistics {
  readonly mean: readonly number[];
  readonly variance: readonly number[];
}

/** Mean over batches of each batch's own mean and variance, channel by channel. Batches are [n, channels]. */
export function averageStatistics(batches: readonly NDArray[], { less = 0, spread = (variance: number) => variance } = {}): Statistics {
  const channels = batches[0]?.shape[1] ?? 0;
  const each = batches.map(batch => statistics(batch, less));
  const average = (of: (s: Statistics) => readonly number[]): number[] =>
    Array.from({ length: channels }, (_, c) => sum(each.map(s => of(s)[c] as number)) / each.length);
  return { mean: average(s => s.mean), variance: average(s => s.variance.map(spread)) };
}

function statistics({ shape, data }: NDArray, less: number): Statistics {
  const [rows = 0, channels = 0] = shape;
  const columns = Array.from({ length: channels }, (_, c) => Array.from({ length: rows }, (_, r) => data[r * channels + c] as number));
  const mean = columns.map(column => sum(column) / rows);
  const variance = columns.map((column, c) => sum(column.map(v => (v - (mean[c] as number)) ** 2)) / (rows - less));
  return Object.freeze({ mean, variance });
}

export interface Step {
  readonly weight: readonly number[];
  readonly velocity: readonly number[];
}

export interface StepInput extends Step {
  readonly gradient: readonly number[];
  readonly mask: readonly number[];
}

/** SGD with momentum 0.9, then the mask. */
export function maskedStep({ weight, velocity, gradient, mask }: StepInput, rate: number): Step {
  const moved = velocity.map((v, i) => 0.9 * v + (gradient[i] as number));
  const after = weight.map((old, i) => old - rate * (moved[i] as number));
  return { weight: after.map((w, i) => w * (mask[i] as number)), velocity: moved };
}

export const randomWeight = (rng: Random, shape: readonly number[]): NDArray =>
  array(
    shape,
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => rng.normal()),
  );
