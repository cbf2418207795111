import type { NDArray } from 'tinylab';
import { integerAdd, type OnGrid } from './addition.ts';
import { type DenseLayer, searched } from './awq-reference.ts';
import { balance, bestClip, type Pair, passed, rescaled, wrapped } from './beyond-reference.ts';
import { groupRounded } from './groups.ts';
import {
  type BatchNorm,
  fixedPointOf,
  folded,
  type IntegerConv,
  type IntegerDense,
  integerBias,
  integerConv2d,
  integerDense,
  type RealConv,
} from './integer-reference.ts';
import { type Clusters, codebookStep, type Grid, gridOf, kMeans, linear, refit } from './reference.ts';

function channelScales({ shape: [rows = 0, columns = 0], data }: NDArray, bits: number): number[] {
  return Array.from(
    { length: rows },
    (_, r) => Math.max(...Array.from(data.slice(r * columns, (r + 1) * columns), Math.abs)) / (2 ** (bits - 1) - 1),
  );
}

/** What `staff(name)` gives to a student who is stuck. */
export const staffAnswers = {
  kMeans: (weights: number[], bits: number) => kMeans(weights, bits),
  stepCodebook: (clusters: Clusters, gradient: number[], rate: number) => codebookStep(clusters, gradient, { rate }),
  refitCodebook: (clusters: Clusters, weights: number[]) => refit(weights, clusters),
  linearQuantize: (values: number[], grid: Grid) => linear(values, grid),
  scaleAndZeroPoint: (values: number[], bits: number) => gridOf(values, bits),
  channelScales,
  foldBatchNorm: (layer: RealConv, norm: BatchNorm) => folded(layer, norm),
  quantizeBias: integerBias,
  fixedPoint: fixedPointOf,
  integerDense: (x: number[], layer: IntegerDense) => integerDense(x, layer),
  integerAdd: (a: OnGrid, b: OnGrid, out: Omit<OnGrid, 'q'>) => integerAdd({ a, b, out }),
  integerConv2d: (x: NDArray, layer: IntegerConv) => integerConv2d(x, layer),
  addUp: (products: number[], bits: number) =>
    wrapped(
      products.reduce((a, b) => a + b, 0),
      bits,
    ),
  bestClip: (values: number[], bits: number, clips: number[]) => bestClip({ values, bits, clips }),
  straightThrough: (gradient: number[], values: number[], ends: [number, number]) => passed(gradient, values, ends),
  equalize: (pair: Pair) => rescaled(pair, balance(pair)),
  toInteger: (pixel: number) => pixel - 128,
  groupRound: (weight: NDArray, bits: number, size: number) => groupRounded({ weight, bits, size }),
  searchExponent: (layer: DenseLayer, bits: number, exponents: number[]) => searched({ ...layer, bits, exponents }),
};
