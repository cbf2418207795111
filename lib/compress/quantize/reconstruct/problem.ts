import { gramProduct } from '../gram-product.ts';

/**
 * One matrix of weights W [K, F] that becomes integers, and what it multiplies: which codes q make the outputs X Ŵ of Ŵ = scale · (q - zero point)
 * closest to the wanted ones Z? All lists are row-major; scales, zero points and codes stand for each weight, [K, F].
 */
export interface RoundingProblem {
  /** Inputs of an output, K. */
  readonly rows: number;
  /** Outputs, F. */
  readonly columns: number;
  readonly weight: Float64Array;
  /** XᵀX / N [K, K], of what the layer reads in the model as far as it is quantized. */
  readonly gram: Float64Array;
  /** XᵀZ / N [K, F]. */
  readonly aim: Float64Array;
  readonly scale: Float64Array;
  readonly zeroPoint: Float64Array;
  /** First and last code. */
  readonly low: number;
  readonly high: number;
  /** Codes of the nearest numbers. */
  readonly nearest: Int32Array;
  /** 1 where a weight is pruned and stays exactly 0. */
  readonly pruned?: ArrayLike<number>;
}

/** The codes of a problem's weights. */
export type RoundingSolver = (problem: RoundingProblem) => Int32Array;

/** The real number that a code stands for, at flat index i. */
export const realOf = ({ scale, zeroPoint }: RoundingProblem, code: number, i: number): number => scale[i] * (code - zeroPoint[i]);

/**
 * The error of each output, up to a number that no code changes: ŵᵀGŵ - 2ŵᵀc = ‖Xŵ - z‖² / N - ‖z‖² / N.
 */
export function outputErrors(problem: RoundingProblem, codes: Int32Array): Float64Array {
  const { columns, aim } = problem;
  const weights = Float64Array.from(codes, (code, i) => realOf(problem, code, i));
  const product = gramProduct(problem, weights);
  const errors = new Float64Array(columns);
  for (let i = 0; i < weights.length; i++) errors[i % columns] += weights[i] * (product[i] - 2 * aim[i]);
  return errors;
}

/** The solver's codes, and the nearest ones for each output whose error they don't make smaller. */
export function neverWorseThanNearest(problem: RoundingProblem, codes: Int32Array): Int32Array {
  const [found, nearest] = [outputErrors(problem, codes), outputErrors(problem, problem.nearest)];
  return codes.map((code, i) => (found[i % problem.columns] < nearest[i % problem.columns] ? code : problem.nearest[i]));
}
