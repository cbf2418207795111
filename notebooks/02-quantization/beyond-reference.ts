import { array, type NDArray } from 'tinylab';

// What the answers to questions 12 to 17 compute, with the mistakes that are usual as options.

/** A sum in an accumulator of so many bits: what does not fit wraps around. */
export function wrapped(total: number, bits: number): number {
  const around = 2 ** bits;
  const half = around / 2;
  return total - around * Math.floor((total + half) / around);
}

/** What values in [0, ∞) become on a grid from 0 to `clip` with 2^bits - 1 steps. */
export const onGrid = (values: readonly number[], clip: number, bits: number): number[] => {
  const step = clip / (2 ** bits - 1);
  return values.map(v => Math.min(2 ** bits - 1, Math.round(v / step)) * step);
};

/** Mistakes of the choice of a clip. */
export interface ClipSlips {
  readonly error?: (difference: number) => number;
  readonly worst?: boolean;
}

/** Values, and the ends that their grid may have. */
export interface Clips {
  readonly values: readonly number[];
  readonly bits: number;
  readonly clips: readonly number[];
}

/** The mean error of values on the grid of each clip. */
export function clipErrors({ values, bits, clips }: Clips, slips: ClipSlips = {}): number[] {
  const { error = (d: number) => d * d } = slips;
  return clips.map(clip => {
    const reals = onGrid(values, clip, bits);
    let total = 0;
    for (const [i, v] of values.entries()) total += error((reals[i] as number) - v);
    return total / values.length;
  });
}

/** The clip with the smallest mean squared error, the first of several. */
export function bestClip(offered: Clips, slips: ClipSlips = {}): number {
  const errors = clipErrors(offered, slips);
  const chosen = slips.worst ? Math.max(...errors) : Math.min(...errors);
  return offered.clips[errors.indexOf(chosen)] as number;
}

/** The gradient that passes a rounding: what comes, where the value lies on the grid, 0 beyond its ends. */
export const passed = (gradient: readonly number[], values: readonly number[], [low, high]: readonly [number, number]): number[] =>
  gradient.map((g, i) => ((values[i] as number) >= low && (values[i] as number) <= high ? g : 0));

/** Two dense layers with a ReLU between them. */
export interface Pair {
  /** [inputs, channels]. */
  readonly first: NDArray;
  readonly bias: readonly number[];
  /** [channels, outputs]. */
  readonly second: NDArray;
}

const size = ({ shape: [rows = 0, columns = 0] }: NDArray): readonly [number, number] => [rows, columns];

/** The largest magnitude of each column, or row. */
export function largest(matrix: NDArray, along: 'column' | 'row'): number[] {
  const [rows, columns] = size(matrix);
  const most = new Array<number>(along === 'column' ? columns : rows).fill(0);
  for (const [i, w] of Array.from(matrix.data).entries()) {
    const at = along === 'column' ? i % columns : Math.floor(i / columns);
    most[at] = Math.max(most[at] as number, Math.abs(w));
  }
  return most;
}

/** The pair with channel i of the first layer divided by s[i], and of the second multiplied by it. */
export function rescaled(layers: Pair, s: readonly number[]): Pair {
  const [, channels] = size(layers.first);
  const [, outputs] = size(layers.second);
  const before = layers.first.data.slice();
  const after = layers.second.data.slice();
  for (let i = 0; i < before.length; i++) before[i] = (before[i] as number) / (s[i % channels] as number);
  for (let i = 0; i < after.length; i++) after[i] = (after[i] as number) * (s[Math.floor(i / outputs)] as number);
  return {
    first: array([...layers.first.shape], before),
    bias: s.map((by, i) => (layers.bias[i] as number) / by),
    second: array([...layers.second.shape], after),
  };
}

/** s = √(r1 · r2) / r2 of each channel: both ranges become √(r1 · r2). */
export const balance = ({ first, second }: Pair): number[] => {
  const [r1, r2] = [largest(first, 'column'), largest(second, 'row')];
  return r1.map((r, i) => Math.sqrt(r * (r2[i] as number)) / (r2[i] as number));
};
