import { gramProduct } from '../../../../../lib/compress/quantize/gram-product.ts';
import { outputErrors, type RoundingProblem } from '../../../../../lib/compress/quantize/reconstruct/problem.ts';
import { random } from '../../../../../lib/tensor/random.ts';
import { roundHalfEven } from '../../../../../lib/tensor/round.ts';

/** Normal weights [K, F] on a symmetric grid, and correlated inputs. */
export function problemOf({ rows = 4, columns = 1, bits = 3, seed = 0, samples = 40 } = {}): RoundingProblem {
  const rng = random(seed);
  const mix = Array.from({ length: rows * rows }, () => rng.normal(0, 0.5));
  const gram = new Float64Array(rows * rows);
  for (let n = 0; n < samples; n++) {
    const z = Array.from({ length: rows }, () => rng.normal());
    const x = z.map((own, i) => z.reduce((sum, other, j) => sum + (mix[i * rows + j] as number) * other, own));
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < rows; j++) (gram[i * rows + j] as number) += ((x[i] as number) * (x[j] as number)) / samples;
  }
  const weight = Float64Array.from({ length: rows * columns }, () => rng.normal(0, 0.3));
  return withGrid({ rows, columns, gram, weight, bits });
}

export function withGrid({
  bits,
  ...given
}: Pick<RoundingProblem, 'rows' | 'columns' | 'gram' | 'weight'> & { readonly bits: number }): RoundingProblem {
  const high = 2 ** (bits - 1) - 1;
  const step = given.weight.reduce((most, w) => Math.max(most, Math.abs(w)), 0) / high;
  return {
    ...given,
    aim: Float64Array.from(gramProduct(given, given.weight)),
    scale: given.weight.map(() => step),
    zeroPoint: given.weight.map(() => 0),
    low: -high,
    high,
    nearest: Int32Array.from(given.weight, w => roundHalfEven(w / step)),
  };
}

/** ‖X(Ŵ - W)‖² / N over all outputs, by the definition. */
export function costOf(problem: RoundingProblem, codes: ArrayLike<number>): number {
  const { rows, columns, gram, weight, scale, zeroPoint } = problem;
  const off = weight.map((w, i) => (scale[i] as number) * ((codes[i] as number) - (zeroPoint[i] as number)) - w);
  let cost = 0;
  for (let f = 0; f < columns; f++)
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < rows; j++)
        cost += (off[i * columns + f] as number) * (gram[i * rows + j] as number) * (off[j * columns + f] as number);
  return cost;
}

/** The least cost over all choices of the codes of one output, of those that `choices` gives for each weight. */
export function bestCost(problem: RoundingProblem, choices: (i: number) => readonly number[]): number {
  const codes = Int32Array.from(problem.nearest);
  const walk = (i: number): number => {
    if (i === codes.length) return costOf(problem, codes);
    return Math.min(
      ...choices(i).map(code => {
        codes[i] = code;
        return walk(i + 1);
      }),
    );
  };
  return walk(0);
}

/** The sum of `outputErrors`, from 0 for the weights themselves. */
export const totalError = (problem: RoundingProblem, codes: Int32Array): number =>
  outputErrors(problem, codes).reduce((sum, e) => sum + e, 0) +
  problem.weight.reduce((sum, w, i) => sum + w * (problem.aim[i] as number), 0);
