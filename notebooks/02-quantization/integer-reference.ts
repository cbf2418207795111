import { array, type NDArray } from 'tinylab';

// Layers of integers as the answers of this lab compute them, with the mistakes that are usual as options.

/** What turns sums into stored integers. */
export interface Requantization {
  readonly inputZeroPoint: number;
  readonly outputZeroPoint: number;
  /** S_x · S_w / S_y of each output. */
  readonly multiplier: readonly number[];
}

/** A dense layer of integers; `weight` holds one row for each output. */
export interface IntegerDense extends Requantization {
  readonly weight: readonly (readonly number[])[];
  readonly bias: readonly number[];
}

/** A convolution of integers; kernel [k_h, k_w, c, out]. */
export interface IntegerConv extends Requantization {
  readonly kernel: NDArray;
  readonly bias: readonly number[];
  readonly stride: number;
  /** Places added on every side. */
  readonly padding: number;
}

/** Mistakes of integer layers. */
export interface LayerSlips {
  /** What is taken from the input. */
  readonly zero?: (zeroPoint: number) => number;
  readonly outputZero?: (zeroPoint: number) => number;
  readonly whole?: (x: number) => number;
  readonly clamp?: (q: number) => number;
  readonly bias?: (b: number) => number;
  /** Multiplier of output o. */
  readonly multiplier?: (all: readonly number[], o: number) => number;
  /** The stored integer of a place outside the image. */
  readonly border?: (zeroPoint: number) => number;
  /** Whether the bias comes after the multiplier. */
  readonly late?: boolean;
  /** What a value (its zero point taken away) and a weight add to the sum, at place i of n. */
  readonly term?: (value: number, weight: number, at: { readonly i: number; readonly n: number }) => number;
  /** What the sum becomes before it is scaled. */
  readonly accumulator?: (sum: number) => number;
}

/** The nearest integer of 8 bits. */
export const int8 = (q: number): number => Math.min(127, Math.max(-128, q));

/** What a sum becomes: clip(Z_y + round(M · (sum + bias))). */
function stored(
  sum: number,
  o: number,
  { layer, slips }: { layer: Requantization & { readonly bias: readonly number[] }; slips: LayerSlips },
): number {
  const { outputZero = z => z, whole = Math.round, clamp = int8, bias = b => b, late = false, accumulator = s => s } = slips;
  const { multiplier = (all: readonly number[], at: number) => all[at] as number } = slips;
  const m = multiplier(layer.multiplier, o);
  const b = bias(layer.bias[o] as number);
  return clamp(whole(late ? m * accumulator(sum) + b : m * accumulator(sum + b)) + outputZero(layer.outputZeroPoint));
}

/** The real number that is rounded for output o, without the output's zero point. */
export const unrounded = (x: readonly number[], layer: IntegerDense, o: number): number =>
  (layer.multiplier[o] as number) *
  ((layer.weight[o] as readonly number[]).reduce((sum, w, i) => sum + ((x[i] as number) - layer.inputZeroPoint) * w, 0) +
    (layer.bias[o] as number));

const product = (value: number, weight: number): number => value * weight;

/** y[o] = clip(Z_y + round(M[o] · (Σ (x - Z_x) · w + bias[o]))). */
export function integerDense(x: readonly number[], layer: IntegerDense, slips: LayerSlips = {}): number[] {
  const { zero = (z: number) => z, term = product } = slips;
  return layer.weight.map((row, o) => {
    const sum = row.reduce((total, w, i) => total + term((x[i] as number) - zero(layer.inputZeroPoint), w, { i, n: row.length }), 0);
    return stored(sum, o, { layer, slips });
  });
}

/** The same for every place of an image [h, w, c], whose border holds the input's zero point. */
export function integerConv2d(x: NDArray, layer: IntegerConv, slips: LayerSlips = {}): NDArray {
  const { zero = (z: number) => z, border = (z: number) => z, term = product } = slips;
  const { kernel, stride, padding, inputZeroPoint } = layer;
  const [height = 0, width = 0, channels = 0] = x.shape;
  const [tall = 0, wide = 0, , out = 0] = kernel.shape;
  const along = (size: number, k: number): number => Math.floor((size + 2 * padding - k) / stride) + 1;
  const shape = [along(height, tall), along(width, wide), out];
  const at = (i: number, j: number, c: number): number =>
    i < 0 || i >= height || j < 0 || j >= width ? border(inputZeroPoint) : (x.data[(i * width + j) * channels + c] as number);
  const y = new Int8Array((shape[0] as number) * (shape[1] as number) * out);
  let place = 0;
  for (let i = 0; i < (shape[0] as number); i++)
    for (let j = 0; j < (shape[1] as number); j++)
      for (let o = 0; o < out; o++) {
        let sum = 0;
        for (let p = 0; p < tall; p++)
          for (let q = 0; q < wide; q++)
            for (let c = 0; c < channels; c++)
              sum += term(
                at(i * stride + p - padding, j * stride + q - padding, c) - zero(inputZeroPoint),
                kernel.data[((p * wide + q) * channels + c) * out + o] as number,
                { i: (p * wide + q) * channels + c, n: tall * wide * channels },
              );
        y[place++] = stored(sum, o, { layer, slips });
      }
  return array(shape, y, 'int8');
}

/** The statistics and parameters of a batch norm. */
export interface BatchNorm {
  readonly gamma: readonly number[];
  readonly beta: readonly number[];
  readonly mean: readonly number[];
  readonly variance: readonly number[];
  readonly epsilon: number;
}

/** A convolution in real numbers. */
export interface RealConv {
  readonly kernel: NDArray;
  readonly bias: readonly number[];
}

/** Mistakes of folding. */
export interface FoldSlips {
  readonly epsilon?: (epsilon: number) => number;
  readonly root?: (variance: number) => number;
  readonly keepsMean?: boolean;
  readonly keepsBias?: boolean;
  readonly biasUnscaled?: boolean;
  readonly axis?: 'out' | 'in';
}

/** W' = W · γ / √(σ² + ε), b' = β + (b - μ) · γ / √(σ² + ε), for each output channel. */
export function folded({ kernel, bias }: RealConv, norm: BatchNorm, slips: FoldSlips = {}): { kernel: NDArray; bias: number[] } {
  const { epsilon = (e: number) => e, root = Math.sqrt, keepsMean = false, keepsBias = false, biasUnscaled = false, axis = 'out' } = slips;
  const factor = norm.gamma.map((g, o) => g / root((norm.variance[o] as number) + epsilon(norm.epsilon)));
  const [, , inputs = 1, out = 1] = kernel.shape;
  const of = (i: number): number => factor[axis === 'out' ? i % out : Math.floor(i / out) % inputs] ?? 1;
  return {
    kernel: array(
      kernel.shape,
      Float32Array.from(kernel.data, (w, i) => w * of(i)),
    ),
    bias: keepsBias
      ? [...bias]
      : bias.map(
          (b, o) =>
            (norm.beta[o] as number) +
            (biasUnscaled
              ? b - (norm.mean[o] as number) * (factor[o] as number)
              : (b - (keepsMean ? 0 : (norm.mean[o] as number))) * (factor[o] as number)),
        ),
  };
}

/** b / (S_x · S_w[o]) as an integer: the scale of the products, and zero point 0. */
export function integerBias(bias: readonly number[], inputScale: number, weightScales: readonly number[]): number[] {
  const units = weightScales.map(scale => scale * inputScale);
  return units.map((unit, o) => Math.round((bias[o] as number) / unit));
}

/** M = m0 · 2^(-n), m0 in [0.5, 1), as the integer round(m0 · 2^31). */
export function fixedPointOf(multiplier: number): { m0: number; n: number } {
  let [m0, n] = [multiplier, 0];
  while (m0 < 0.5) {
    m0 *= 2;
    n++;
  }
  return { m0: Math.round(m0 * 2 ** 31), n };
}
