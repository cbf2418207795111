import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gptqCodes } from '../../../../../lib/compress/quantize/reconstruct/gptq.ts';
import { neverWorseThanNearest, type RoundingProblem } from '../../../../../lib/compress/quantize/reconstruct/problem.ts';
import { cholesky } from '../../../../../lib/inspect/least-squares.ts';
import { roundHalfEven } from '../../../../../lib/tensor/round.ts';
import { bestCost, costOf, problemOf, totalError, withGrid } from './problems.ts';

/** A⁻¹ by Gauss and Jordan. */
function inverse(a: number[][]): number[][] {
  const n = a.length;
  const m = a.map((row, i) => [...row, ...row.map((_, j) => (i === j ? 1 : 0))]);
  for (let c = 0; c < n; c++) {
    const pivot = (m[c] as number[])[c] as number;
    m[c] = (m[c] as number[]).map(x => x / pivot);
    for (let r = 0; r < n; r++) {
      const factor = (m[r] as number[])[c] as number;
      if (r !== c) m[r] = (m[r] as number[]).map((x, j) => x - factor * ((m[c] as number[])[j] as number));
    }
  }
  return m.map(row => row.slice(n));
}

/**
 * Optimal Brain Quantization in a given order, by its own formula: after weight k is rounded, all that are left move by
 * -(w_k - ŵ_k) / [H⁻¹]_kk · [H⁻¹]_k, where H is that of the weights that are left.
 */
function brainQuantized(
  { rows, columns, gram, weight, scale, low, high }: RoundingProblem,
  order: readonly number[],
  damping: number,
): Int32Array {
  let mean = 0;
  for (let k = 0; k < rows; k++) mean += (gram[k * rows + k] as number) / rows;
  const codes = new Int32Array(weight.length);
  for (let f = 0; f < columns; f++) {
    const w = Array.from({ length: rows }, (_, k) => weight[k * columns + f] as number);
    for (const [t, k] of order.entries()) {
      const left = order.slice(t);
      const hessian = left.map(i => left.map(j => 2 * (gram[i * rows + j] as number) + (i === j ? 2 * damping * mean : 0)));
      const inverted = inverse(hessian);
      const step = scale[k * columns + f] as number;
      const q = Math.min(high, Math.max(low, roundHalfEven((w[k] as number) / step)));
      codes[k * columns + f] = q;
      const error = ((w[k] as number) - q * step) / ((inverted[0] as number[])[0] as number);
      for (const [at, j] of left.entries()) w[j] = (w[j] as number) - error * ((inverted[0] as number[])[at] as number);
    }
  }
  return codes;
}

/** Codes that the package of GPTQ's authors gives: golden/gptq.py. */
interface Golden {
  readonly rows: number;
  readonly columns: number;
  readonly bits: number;
  readonly damping: number;
  /** Times 16. */
  readonly inputs: readonly number[];
  /** Times 1,024, [rows, columns]. */
  readonly weights: readonly number[];
  readonly codes: readonly number[];
}

const golden: readonly Golden[] = JSON.parse(readFileSync(join(import.meta.dirname, 'golden/gptq.json'), 'utf8'));

describe('GPTQ', () => {
  it.each([
    ['natural', 0.01],
    ['activation', 0.01],
    ['natural', 0.1],
  ] as const)('is Optimal Brain Quantization in a fixed order: %s, damping %d', (order, damping) => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 5 }), (seed, rows, columns) => {
        const problem = problemOf({ rows, columns, seed });
        const places = Array.from({ length: rows }, (_, k) => k);
        const size = (k: number): number => problem.gram[k * rows + k] as number;
        if (order === 'activation') places.sort((a, b) => size(b) - size(a));
        expect(Array.from(gptqCodes(problem, { order, damping }))).toEqual(Array.from(brainQuantized(problem, places, damping)));
      }),
      { numRuns: 60 },
    );
  });

  it.each(golden)(
    'gives the codes of its authors: $rows inputs, $columns outputs, $bits bits',
    ({ rows, columns, bits, damping, ...given }) => {
      const x = given.inputs.map(value => value / 16);
      const gram = new Float64Array(rows * rows);
      for (let n = 0; n < x.length; n += rows)
        for (let i = 0; i < gram.length; i++)
          (gram[i] as number) += (x[n + Math.floor(i / rows)] as number) * (x[n + (i % rows)] as number);
      const weight = Float64Array.from(given.weights, value => value / 1024);
      const grids = Array.from({ length: columns }, (_, f) => {
        const own = weight.filter((_, i) => i % columns === f);
        const low = Math.min(0, ...own);
        const scale = (Math.max(0, ...own) - low) / (2 ** bits - 1);
        return { scale, zeroPoint: roundHalfEven(-low / scale) };
      });
      const of = (role: 'scale' | 'zeroPoint') => weight.map((_, i) => (grids[i % columns] as Record<typeof role, number>)[role]);
      const grid = { scale: of('scale'), zeroPoint: of('zeroPoint'), low: 0, high: 2 ** bits - 1 };
      const problem = { rows, columns, gram, weight, ...grid, aim: weight, nearest: new Int32Array(weight.length) };
      expect(Array.from(gptqCodes(problem, { order: 'natural', damping }))).toEqual(given.codes);
    },
  );

  it('lies between the best codes there are and the nearest, which it beats on average', () => {
    let [gptq, nearest, best] = [0, 0, 0];
    for (let seed = 0; seed < 40; seed++) {
      const problem = problemOf({ rows: 6, seed, bits: 2 });
      const codes = neverWorseThanNearest(problem, gptqCodes(problem));
      const least = bestCost(problem, () => [-1, 0, 1]);
      expect(costOf(problem, codes)).toBeGreaterThanOrEqual(least - 1e-12);
      expect(costOf(problem, codes)).toBeLessThanOrEqual(costOf(problem, problem.nearest) + 1e-12);
      expect(totalError(problem, codes)).toBeCloseTo(costOf(problem, codes), 10);
      gptq += costOf(problem, codes);
      nearest += costOf(problem, problem.nearest);
      best += least;
    }
    expect((nearest - gptq) / (nearest - best)).toBeGreaterThan(0.6);
  });

  it('is nearest rounding where inputs are independent of each other, or never there', () => {
    const { weight } = problemOf({ rows: 5, columns: 3, seed: 2 });
    const diagonal = Float64Array.from({ length: 25 }, (_, i) => (i % 6 === 0 ? 1 + i : 0));
    const apart = withGrid({ rows: 5, columns: 3, gram: diagonal, weight, bits: 3 });
    expect(gptqCodes(apart)).toEqual(apart.nearest);
    const silent = withGrid({ rows: 5, columns: 3, gram: new Float64Array(25), weight, bits: 3 });
    expect(gptqCodes(silent)).toEqual(silent.nearest);
    const partly = withGrid({ rows: 5, columns: 3, gram: diagonal.map((g, i) => (i === 12 ? 0 : g)), weight, bits: 3 });
    expect(gptqCodes(partly)).toEqual(partly.nearest);
  });

  it('keeps pruned weights at the zero point, clamps, and says when inputs say too little', () => {
    const problem = problemOf({ rows: 6, columns: 2, seed: 4 });
    const pruned = Uint8Array.from(problem.weight, (_, i) => (i % 3 === 0 ? 1 : 0));
    const zeroPoint = problem.weight.map(() => 1);
    const codes = gptqCodes({ ...problem, pruned, zeroPoint });
    expect(codes.every((code, i) => (pruned[i] ? code === 1 : code >= problem.low && code <= problem.high))).toBe(true);
    const one = new Float64Array(36).fill(1);
    expect(() => gptqCodes({ ...problem, gram: one }, { damping: 0 })).toThrow(/do not determine its weights/);
    expect(gptqCodes({ ...problem, gram: one })).toHaveLength(12);
  });
});

it('cholesky gives L with A = LLᵀ, or nothing', () => {
  const { gram } = problemOf({ rows: 5, seed: 8 });
  const lower = cholesky(gram, 5) as Float64Array;
  for (let i = 0; i < 5; i++)
    for (let j = 0; j < 5; j++) {
      let sum = 0;
      for (let k = 0; k < 5; k++) sum += (lower[i * 5 + k] as number) * (lower[j * 5 + k] as number);
      expect(sum).toBeCloseTo(gram[i * 5 + j] as number, 12);
      if (j > i) expect(lower[i * 5 + j]).toBe(0);
    }
  expect(cholesky(Float64Array.of(1, 2, 2, 1), 2)).toBeUndefined();
  expect(cholesky(Float64Array.of(Number.NaN), 1)).toBeUndefined();
});
