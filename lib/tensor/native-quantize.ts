import { availableParallelism } from 'node:os';
import type { ChannelRuns } from './channel-runs.ts';
import { binding, type Rung } from './native.ts';

/** What each call of a kernel takes besides its arrays. */
export interface QuantizeCall {
  readonly threads: number;
  /** The implementation to run, by its name in `quantizeRungs()`; the fastest that is available by default. */
  readonly rung?: string;
}

/** Codes of a byte: int8 in an Int8Array, uint8 in a Uint8Array. */
export type ByteCodes = Int8Array | Uint8Array;

/** Counts of (x - low) · perUnit, or of (|x| - low) · perUnit with `absolute` 1, cut to whole numbers 0 … bins - 1. */
export interface Binning {
  readonly bins: number;
  readonly low: number;
  readonly perUnit: number;
  readonly absolute: 0 | 1;
}

/** The scale and the zero point of each channel. */
export interface ChannelGrids {
  readonly scale: ArrayLike<number>;
  readonly zeroPoint: ArrayLike<number>;
}

/** First and last code. */
export interface CodeEnds {
  readonly low: number;
  readonly high: number;
}

type Kernel<Arrays extends readonly unknown[], Sizes, Result> = {
  (...values: [...Arrays, Sizes & QuantizeCall]): Result;
  readonly rungs: readonly Rung[];
};

/**
 * The kernels of quantization in C++, on arrays without a copy; formulas and sizes stand in kernels/compute/abi.h. All are exact: every rung gives the
 * numbers of the loops in TypeScript. They check their arguments; errors have codes `compute/…`.
 */
export interface QuantizeKernels {
  /** x, the least and the largest of each channel; tells whether some x is NaN. */
  readonly extremes: Kernel<[x: Float32Array, low: Float32Array, high: Float32Array], ChannelRuns, boolean>;
  /** x, counts. */
  readonly histogram: Kernel<[x: Float32Array, counts: Int32Array], Binning & { readonly length: number }, void>;
  /** x, scales, zero points, codes and real numbers, either of which may be missing. */
  readonly fakeQuantize: Kernel<
    [x: Float32Array, scale: Float32Array, zeroPoint: Int32Array, codes: ByteCodes | undefined, reals: Float32Array | undefined],
    ChannelRuns & CodeEnds,
    void
  >;
  /** codes, scales, zero points, real numbers. */
  readonly dequantize: Kernel<
    [codes: ByteCodes, scale: Float32Array, zeroPoint: Int32Array, reals: Float32Array],
    ChannelRuns & { readonly signed: 0 | 1 },
    void
  >;
}

/** The kernels, or undefined where nothing is built: callers compute without, and find the same. */
export function quantizeKernels(): QuantizeKernels | undefined {
  return binding as unknown as QuantizeKernels | undefined;
}

/** The implementations of each kernel, from the obvious to the fastest; nothing where nothing is built. */
export function quantizeRungs(): Readonly<Partial<Record<keyof QuantizeKernels, readonly Rung[]>>> {
  const kernels = quantizeKernels();
  if (!kernels) return {};
  const { extremes, histogram, fakeQuantize, dequantize } = kernels;
  return { extremes: extremes.rungs, histogram: histogram.rungs, fakeQuantize: fakeQuantize.rungs, dequantize: dequantize.rungs };
}

/** Fewer numbers than this are done before a call has begun. */
const least = 1024;

const threads = Math.min(8, Number(process.env.TINYLAB_THREADS ?? availableParallelism()) || 1);

/** The kernels where they pay for this many numbers. */
function kernelsFor(count: number): QuantizeKernels | undefined {
  return count < least ? undefined : quantizeKernels();
}

/** The least and the largest number of each channel and whether there is NaN among all; undefined where no kernel does it. */
export function channelExtremes(
  values: ArrayLike<number>,
  runs: ChannelRuns | undefined,
): { readonly low: Float32Array; readonly high: Float32Array; readonly broken: boolean } | undefined {
  const kernels = kernelsFor(values.length);
  if (!kernels || !runs || !(values instanceof Float32Array)) return undefined;
  const [low, high] = [new Float32Array(runs.channels), new Float32Array(runs.channels)];
  return { low, high, broken: kernels.extremes(values, low, high, { ...runs, threads }) };
}

/** How many numbers fall into each bin, NaN into none; undefined where no kernel does it. */
export function binCounts(values: ArrayLike<number>, binning: Binning): Int32Array | undefined {
  const kernels = kernelsFor(values.length);
  if (!kernels || !(values instanceof Float32Array) || !Number.isFinite(binning.perUnit)) return undefined;
  const counts = new Int32Array(binning.bins);
  kernels.histogram(values, counts, { ...binning, length: values.length, threads });
  return counts;
}

/** Scales and zero points as the kernels read them, where they are as many as there are channels. */
function gridsOf({ scale, zeroPoint }: ChannelGrids, { channels }: ChannelRuns): [Float32Array, Int32Array] | undefined {
  const good =
    scale instanceof Float32Array && zeroPoint instanceof Int32Array && scale.length === channels && zeroPoint.length === channels;
  return good ? [scale, zeroPoint] : undefined;
}

/** What `fakeQuantizeInto` writes. */
export interface FakeQuantized {
  readonly codes?: ByteCodes;
  readonly reals?: Float32Array;
}

/**
 * Rounds float32 numbers to codes of their channels' grids, and to the real numbers that these stand for, in one pass; false where no kernel does it,
 * and nothing is written then.
 */
export function fakeQuantizeInto(
  { codes, reals }: FakeQuantized,
  values: ArrayLike<number>,
  grid: ChannelGrids & CodeEnds & { readonly runs: ChannelRuns | undefined },
): boolean {
  const kernels = kernelsFor(values.length);
  const grids = grid.runs && gridsOf(grid, grid.runs);
  if (!kernels || !grids || !(values instanceof Float32Array)) return false;
  const { low, high, runs } = grid;
  kernels.fakeQuantize(values, ...grids, codes, reals, { ...(runs as ChannelRuns), low, high, threads });
  return true;
}

/** The real numbers that codes stand for by their channels' grids; undefined where no kernel does it. */
export function channelReals(
  codes: ArrayLike<number>,
  grid: ChannelGrids & { readonly runs: ChannelRuns | undefined },
): Float32Array | undefined {
  const kernels = kernelsFor(codes.length);
  const grids = grid.runs && gridsOf(grid, grid.runs);
  if (!kernels || !grids || !(codes instanceof Int8Array || codes instanceof Uint8Array)) return undefined;
  const reals = new Float32Array(codes.length);
  const signed = codes instanceof Int8Array ? 1 : 0;
  kernels.dequantize(codes, ...grids, reals, { ...(grid.runs as ChannelRuns), signed, threads });
  return reals;
}
