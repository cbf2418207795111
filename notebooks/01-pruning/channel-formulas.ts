import { array, type NDArray } from 'tinylab';
import { sum } from './formulas.ts';

// Reference answers of the channel half. Kernels are [height, width, input channels, output channels]; dense weights [inputs, outputs].

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

/** The parts of `values` that `indices` names along one axis, in that order. */
export function gather(values: NDArray, axis: number, indices: readonly number[]): NDArray {
  const { shape, data } = values;
  const inner = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  const length = shape[axis] as number;
  const outer = data.length / (inner * length);
  const taken = new Float32Array(outer * indices.length * inner);
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
  const statistics = (values: NDArray): NDArray => gather(values, 0, keep);
  return {
    layer: {
      kernel: gather(layer.kernel, layer.kernel.shape.length - 1, keep),
      gamma: statistics(layer.gamma),
      beta: statistics(layer.beta),
      mean: statistics(layer.mean),
      variance: statistics(layer.variance),
    },
    next: gather(next, inputAxis(next), keep),
  };
}

export interface NormOptions {
  readonly axis?: number;
  /** p of the norm; 2 unless told. */
  readonly power?: 1 | 2;
  readonly root?: boolean;
}

/** A norm of all weights that read from each channel (or write to it, along another axis). */
export function norms(weight: NDArray, { axis = inputAxis(weight), power = 2, root = true }: NormOptions = {}): number[] {
  return Array.from({ length: weight.shape[axis] as number }, (_, c) => {
    const total = sum(Array.from(gather(weight, axis, [c]).data, w => Math.abs(w) ** power));
    return power === 2 && root ? Math.sqrt(total) : total;
  });
}

/** Channel numbers, the most important first. */
export const ranked = (importance: readonly number[]): number[] =>
  importance.map((_, c) => c).sort((a, b) => (importance[b] as number) - (importance[a] as number));

export const firstChannels = (n: number): number[] => Array.from({ length: n }, (_, c) => c);
