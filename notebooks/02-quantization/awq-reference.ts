import { ends } from './reference.ts';

// What the answer about loud inputs computes, with the mistakes that are usual as options.

type Matrix = readonly (readonly number[])[];

/** A dense layer and what it reads: [examples][inputs] and [inputs][outputs]. */
export interface DenseLayer {
  readonly inputs: Matrix;
  readonly weight: Matrix;
}

/** A search that is asked for. */
export interface Asked extends DenseLayer {
  readonly bits: number;
  readonly exponents: readonly number[];
}

/** Mistakes of the search. */
export interface AwqSlips {
  /** Weights divided and inputs multiplied. */
  readonly inverse?: boolean;
  /** Inputs stay as they are. */
  readonly kept?: boolean;
  /** Errors of the weights, scaled or as they are worth, in place of those of the outputs. */
  readonly weights?: 'scaled' | 'worth';
  /** How large an input channel is. */
  readonly size?: (values: readonly number[]) => number;
  /** What becomes of a difference. */
  readonly error?: (difference: number) => number;
  readonly power?: (size: number, exponent: number) => number;
}

export const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
/** How large an input channel is: the mean of its |x|. */
export const sizeOf = (values: readonly number[]): number => mean(values.map(Math.abs));
const times = (x: Matrix, w: Matrix): number[][] =>
  x.map(row => (w[0] ?? []).map((_, o) => row.reduce((total, v, j) => total + v * (w[j]?.[o] as number), 0)));
/** Row j of a matrix times by[j]. */
export const rowsTimes = (matrix: Matrix, by: readonly number[]): number[][] =>
  matrix.map((line, j) => line.map(value => value * (by[j] as number)));
/** The largest |w| of an output. */
export const largestOf = (weight: Matrix, o: number): number => Math.max(...weight.map(row => Math.abs(row[o] as number)));

/** Weights as a symmetric grid of so many bits for each output holds them. */
export function toGrid(weight: Matrix, bits: number): number[][] {
  const [, high] = ends(bits);
  const scales = (weight[0] ?? []).map((_, o) => largestOf(weight, o) / high);
  return weight.map(row => row.map((w, o) => (scales[o] as number) * Math.round(w / (scales[o] as number))));
}

/** The mean squared error of the outputs for each exponent. */
export function exponentErrors({ inputs, weight, bits, exponents }: Asked, slips: AwqSlips = {}): number[] {
  const { size = sizeOf, power = (a, b) => a ** b, error = d => d * d } = slips;
  const sizes = weight.map((_, j) => size(inputs.map(row => row[j] as number)));
  const off = (a: Matrix, b: Matrix): number => mean(a.flatMap((row, i) => row.map((v, o) => error(v - (b[i]?.[o] as number)))));
  const right = times(inputs, weight);
  return exponents.map(exponent => {
    const s = sizes.map(own => power(own, exponent) ** (slips.inverse ? -1 : 1));
    const scaled = rowsTimes(weight, s);
    const rounded = toGrid(scaled, bits);
    if (slips.weights === 'scaled') return off(rounded, scaled);
    const back = s.map(own => 1 / own);
    if (slips.weights === 'worth') return off(rowsTimes(rounded, back), weight);
    const divided = slips.kept ? inputs : inputs.map(row => row.map((x, j) => x / (s[j] as number)));
    return off(times(divided, rounded), right);
  });
}

/** The exponent with the least error, the first of several. */
export function searched(asked: Asked): { exponent: number; errors: number[] } {
  const errors = exponentErrors(asked);
  return { exponent: asked.exponents[errors.indexOf(Math.min(...errors))] as number, errors };
}
