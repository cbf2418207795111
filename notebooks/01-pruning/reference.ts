import { applyMasks, array, type Model, type NDArray } from 'tinylab';

// The one place for what Lab 01 expects: each formula once, with the slips that students make as options. Checks, staff answers, hidden
// cases and calibration import it. It stays clear of the library's own techniques, which a sandbox may withhold, and a test compares both.

export const sum = (values: ArrayLike<number>): number => Array.prototype.reduce.call(values, (a, b) => a + b, 0) as number;
const product = (sizes: readonly number[]): number => sizes.reduce((a, b) => a * b, 1);
export const zerosIn = (a: NDArray): number => Array.prototype.filter.call(a.data, v => v === 0).length;
export const firstChannels = (n: number): number[] => Array.from({ length: n }, (_, c) => c);

/** Names of the weights (kernels), first layer first. */
export const weightNames = (model: Model): string[] => Object.keys(model.parameters).filter(name => name.endsWith('.kernel'));
export const weightOf = (model: Model, name: string): NDArray => (model.parameters[name] as Model['parameters'][string]).value;
export const keptWeights = (model: Model): number =>
  sum(weightNames(model).map(name => weightOf(model, name).data.length - zerosIn(weightOf(model, name))));

interface MaskSlips {
  readonly importance?: (value: number) => number;
  /** How the number of zeros becomes whole. */
  readonly whole?: (zeros: number) => number;
  /** Keep what equals the threshold. */
  readonly keepEqual?: boolean;
  /** Keep what reaches the (k + 1)-th least important one. */
  readonly atLeastNext?: boolean;
  /** Sort the importances as text. */
  readonly byText?: boolean;
  /** The threshold when nothing goes. */
  readonly none?: number;
  readonly inverted?: boolean;
}

/** 1 where a weight is kept: importance above that of the k-th least important one, k = round(sparsity · n). */
export function maskOf(weight: NDArray, sparsity: number, slips: MaskSlips = {}): NDArray {
  const { importance = Math.abs, whole = Math.round, keepEqual = false, inverted = false, atLeastNext = false } = slips;
  const scores = Array.from(weight.data, v => importance(v));
  const pruned = whole(sparsity * scores.length);
  const sorted = slips.byText ? scores.toSorted((a, b) => (String(a) < String(b) ? -1 : 1)) : scores.toSorted((a, b) => a - b);
  const threshold = pruned === 0 ? (slips.none ?? Number.NEGATIVE_INFINITY) : (sorted[pruned - 1] as number);
  const next = sorted[pruned] ?? Number.POSITIVE_INFINITY;
  const kept = scores.map(score => (atLeastNext ? score >= next : score > threshold || (keepEqual && score === threshold)));
  return array(
    weight.shape,
    kept.map(keep => Number(keep !== inverted)),
    'uint8',
  );
}

/** Each named weight pruned to its own sparsity. */
export function layersPruned(model: Model, map: Readonly<Record<string, number>>): Model {
  const own = Object.keys(map).map(name => [name, maskOf(weightOf(model, name), map[name] as number)]);
  return applyMasks(model, Object.fromEntries(own));
}

/** Bytes of a weight array that keeps only what its mask keeps: each a 32-bit value with a 4-bit index. */
export const sparseBytes = (kept: number, indexBits = 4): number => (kept * (32 + indexBits)) / 8;

export interface Statistics {
  readonly mean: readonly number[];
  readonly variance: readonly number[];
}

/** Mean over batches of each batch's own mean and variance, channel by channel. Batches are [n, channels]. */
export function averageStatistics(batches: readonly NDArray[], { less = 0, spread = (variance: number) => variance } = {}): Statistics {
  const each = batches.map(batch => statistics(batch, less));
  const average = (rows: readonly (readonly number[])[]): number[] =>
    firstChannels(batches[0]?.shape[1] ?? 0).map(c => sum(rows.map(row => row[c] as number)) / rows.length);
  return { mean: average(each.map(s => s.mean)), variance: average(each.map(s => s.variance.map(spread))) };
}

function statistics({ shape, data }: NDArray, less: number): Statistics {
  const [rows = 0, channels = 0] = shape;
  const columns = firstChannels(channels).map(c => Array.from({ length: rows }, (_, r) => data[r * channels + c] as number));
  const mean = columns.map(column => sum(column) / rows);
  const spread = columns.map((column, c) => sum(column.map(v => (v - (mean[c] as number)) ** 2)) / (rows - less));
  return { mean, variance: spread };
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

// Channels. Kernels are [height, width, input channels, output channels]; dense weights [inputs, outputs].

export interface ConvLayer {
  readonly kernel: NDArray;
  readonly gamma: NDArray;
  readonly beta: NDArray;
  readonly mean: NDArray;
  readonly variance: NDArray;
}

export interface Pair {
  readonly layer: ConvLayer;
  readonly next: NDArray;
}

export const channelsToKeep = (channels: number, ratio: number): number => Math.round(channels * (1 - ratio));

/** 1 where a weight belongs to one of these channels, along one axis. */
export function channelMask({ shape, data }: NDArray, keep: readonly number[], axis = 3): NDArray {
  const stride = product(shape.slice(axis + 1));
  const kept = Uint8Array.from(data, (_, i) => Number(keep.includes(Math.floor(i / stride) % (shape[axis] as number))));
  return array(shape, kept, 'uint8');
}

/** The parts of `values` that `indices` names along one axis, in that order. */
export function gather(values: NDArray, axis: number, indices: readonly number[]): NDArray {
  const { shape, data } = values;
  const inner = product(shape.slice(axis + 1));
  const length = shape[axis] as number;
  const outer = data.length / (inner * length);
  // past the end there is no number
  const taken = new Float32Array(outer * indices.length * inner).fill(Number.NaN);
  for (let o = 0; o < outer; o++) {
    indices.forEach((index, i) => {
      const from = (o * length + index) * inner;
      taken.set(data.subarray(from, from + inner), (o * indices.length + i) * inner);
    });
  }
  return array(
    shape.map((size, a) => (a === axis ? indices.length : size)),
    taken,
  );
}

/** The axis of input channels: the last but one, of a convolution as of a dense layer. */
export const inputAxis = (weight: NDArray): number => weight.shape.length - 2;

/** Both layers with only these channels between them, in this order. */
export function keepChannels({ layer, next }: Pair, keep: readonly number[]): Pair {
  const kept = (values: NDArray): NDArray => gather(values, values.shape.length - 1, keep);
  const { kernel, gamma, beta, mean, variance } = layer;
  return {
    layer: { kernel: kept(kernel), gamma: kept(gamma), beta: kept(beta), mean: kept(mean), variance: kept(variance) },
    next: gather(next, inputAxis(next), keep),
  };
}

export interface NormOptions {
  readonly axis?: number;
  /** p of the norm; 2 by default. */
  readonly power?: 1 | 2;
  readonly root?: boolean;
}

/** A norm of all weights that read from each channel (or write to it, along another axis). */
export function norms(weight: NDArray, { axis = inputAxis(weight), power = 2, root = true }: NormOptions = {}): number[] {
  return firstChannels(weight.shape[axis] as number).map(c => {
    const total = sum(Array.from(gather(weight, axis, [c]).data, w => Math.abs(w) ** power));
    return power === 2 && root ? Math.sqrt(total) : total;
  });
}

/** Channel numbers, the most important first. */
export const ranked = (importance: readonly number[]): number[] =>
  firstChannels(importance.length).sort((a, b) => (importance[b] as number) - (importance[a] as number));

// Patterns, scores before training, activations, tickets, storage.

export interface GroupSlips {
  readonly keep?: number;
  readonly importance?: (value: number) => number;
  /** Distance of two members of a group: 1 along a row. */
  readonly stride?: number;
  readonly smallest?: boolean;
  /** Sort the importances as text. */
  readonly byText?: boolean;
}

/** Keeps the most important 2 of every 4 weights that follow each other in a row. */
export function twoOfFour({ shape, data }: NDArray, slips: GroupSlips = {}): NDArray {
  const { keep = 2, importance = Math.abs, stride = 1, smallest = false, byText = false } = slips;
  const kept = new Uint8Array(data.length);
  for (let block = 0; block < data.length; block += 4 * stride) {
    for (let lane = 0; lane < stride; lane++) {
      const group = [0, 1, 2, 3].map(i => block + lane + i * stride);
      const score = (i: number): number => (smallest ? -1 : 1) * importance(data[i] as number);
      const text = (i: number): string => String(score(i));
      for (const i of group.toSorted((a, b) => (byText ? Number(text(b) > text(a)) - 0.5 : score(b) - score(a))).slice(0, keep))
        kept[i] = 1;
    }
  }
  return array(shape, kept, 'uint8');
}

interface SnipSlips {
  readonly score?: (w: number, g: number) => number;
  /** Divide by the sum of all scores. */
  readonly divided?: boolean;
  /** Divide by the sum of the products, which cancel. */
  readonly signedSum?: boolean;
  /** Divide by the largest score. */
  readonly ofLargest?: boolean;
}

/** |w · dL/dw|, divided by their sum over all weights. */
export function snipScores({ shape, data }: NDArray, gradient: NDArray, slips: SnipSlips = {}): NDArray {
  const { score = (w, g) => Math.abs(w * g), divided = true, signedSum = false, ofLargest = false } = slips;
  const scores = Array.from(data, (w, i) => score(w, gradient.data[i] as number));
  const products = Array.from(data, (w, i) => w * (gradient.data[i] as number));
  const sizes = scores.map(Math.abs);
  const by = signedSum ? sum(products) : ofLargest ? Math.max(...sizes) : sum(sizes);
  const total = divided ? by : 1;
  const shares = Float32Array.from(scores, s => s / total);
  return array(shape, shares);
}

/** Share of zeros of each channel of activations [batch, height, width, channels]. */
export function zeroShares({ shape, data }: NDArray, below = 0): number[] {
  const channels = shape[3] as number;
  const counts = new Array<number>(channels).fill(0);
  data.forEach((value, i) => {
    if (value === 0 || value < below) counts[i % channels] = (counts[i % channels] as number) + 1;
  });
  return counts.map(count => count / (data.length / channels));
}

export interface Round {
  readonly initial: NDArray;
  readonly trained: NDArray;
  readonly mask: NDArray;
}

interface TicketSlips {
  /** Count the rate of all weights. */
  readonly ofAll?: boolean;
  /** Sort the magnitudes as text. */
  readonly byText?: boolean;
  /** How the number that goes becomes whole. */
  readonly whole?: (weights: number) => number;
  /** Which weights are still there. */
  readonly alive?: (place: number) => boolean;
}

/** Drops this share of the weights that are still there, the smallest after training first. */
export function nextMask({ trained, mask }: Round, rate: number, slips: TicketSlips = {}): NDArray {
  const { ofAll = false, byText = false, whole = Math.round } = slips;
  const alive = Array.from(mask.data.keys()).filter(slips.alive ?? (i => mask.data[i] === 1));
  const drop = whole(rate * (ofAll ? mask.data.length : alive.length));
  const size = (i: number): number => Math.abs(trained.data[i] as number);
  const order = alive.toSorted((a, b) => (byText ? Number(String(size(a)) > String(size(b))) - 0.5 : size(a) - size(b)));
  const kept = Uint8Array.from(mask.data);
  for (const i of order.slice(0, drop)) kept[i] = 0;
  return array(mask.shape, kept, 'uint8');
}

export const times = ({ shape, data }: NDArray, mask: NDArray): NDArray => {
  const kept = Float32Array.from(data, (v, i) => (mask.data[i] ? v : 0));
  return array(shape, kept);
};

export interface Encoded {
  readonly values: readonly number[];
  readonly zeros: readonly number[];
}

/** A column as kept values, each with the number of zeros before it; a run longer than 15 needs a stored zero in between. */
export function encodeColumn(column: readonly number[], longest = 15, toTheEnd = false): Encoded {
  const [values, zeros]: [number[], number[]] = [[], []];
  let run = 0;
  for (const value of column) {
    if (value === 0 && run < longest) run++;
    else {
      values.push(value);
      zeros.push(run);
      run = 0;
    }
  }
  // zeros at the end need no entry; a filler that nothing follows would be one
  while (values.at(-1) === 0 && !toTheEnd) {
    values.pop();
    zeros.pop();
  }
  return { values, zeros };
}
