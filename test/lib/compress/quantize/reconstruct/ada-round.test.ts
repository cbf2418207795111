import { describe, expect, it } from 'vitest';
import { learnRounding } from '../../../../../lib/compress/quantize/reconstruct/ada-round.ts';
import { neverWorseThanNearest } from '../../../../../lib/compress/quantize/reconstruct/problem.ts';
import { bestCost, costOf, problemOf, withGrid } from './problems.ts';

describe('AdaRound', () => {
  it('drives h to 0 and 1, and rounds each weight to one of its two neighbours', () => {
    const problem = problemOf({ rows: 36, columns: 8, seed: 1, samples: 200 });
    const { up, codes } = learnRounding(problem);
    expect(up.filter(h => Math.min(h, 1 - h) < 0.02).length / up.length).toBeGreaterThan(0.97);
    expect(codes.every((code, i) => Math.abs(code - (problem.weight[i] as number) / (problem.scale[i] as number)) < 1)).toBe(true);
    expect(costOf(problem, codes)).toBeLessThan(0.7 * costOf(problem, problem.nearest));
  });

  it('gains most of what the best of all ways to round up and down gains', () => {
    let [learned, nearest, best] = [0, 0, 0];
    for (let seed = 0; seed < 20; seed++) {
      const problem = problemOf({ rows: 8, seed });
      const codes = neverWorseThanNearest(problem, learnRounding(problem).codes);
      const least = bestCost(problem, i => {
        const floor = Math.floor((problem.weight[i] as number) / (problem.scale[i] as number));
        return [floor, Math.min(problem.high, floor + 1)];
      });
      expect(costOf(problem, codes)).toBeGreaterThanOrEqual(least - 1e-12);
      expect(costOf(problem, codes)).toBeLessThanOrEqual(costOf(problem, problem.nearest) + 1e-12);
      learned += costOf(problem, codes);
      nearest += costOf(problem, problem.nearest);
      best += least;
    }
    expect((nearest - learned) / (nearest - best)).toBeGreaterThan(0.65);
  });

  it('starts at the weights themselves: without steps it is nearest rounding, but for ties', () => {
    const problem = problemOf({ rows: 9, columns: 4, seed: 3 });
    const { up, codes } = learnRounding(problem, { iterations: 0 });
    for (const [i, h] of up.entries()) {
      const level = (problem.weight[i] as number) / (problem.scale[i] as number);
      expect(h).toBeCloseTo(level - Math.floor(level), 10);
    }
    expect(codes).toEqual(problem.nearest);
  });

  it('without a regularizer moves towards the least error in real numbers, with one away from the middle', () => {
    const problem = problemOf({ rows: 12, columns: 3, seed: 6 });
    const loose = learnRounding(problem, { strength: 0 }).up;
    const firm = learnRounding(problem, { strength: 10 }).up;
    const between = (up: Float64Array): number => up.filter(h => h > 0.02 && h < 0.98).length;
    expect(between(loose)).toBeGreaterThan(18);
    expect(between(firm)).toBeLessThan(5);
  });

  it('keeps pruned weights 0, weights on the grid where they are, and inputs that are never there at the nearest', () => {
    const problem = problemOf({ rows: 6, columns: 2, seed: 4 });
    const pruned = Uint8Array.from(problem.weight, (_, i) => (i % 3 === 0 ? 1 : 0));
    const weight = problem.weight.map((w, i) => (pruned[i] ? 0 : w));
    const { codes } = learnRounding({ ...withGrid({ ...problem, weight, bits: 3 }), pruned });
    expect(codes.every((code, i) => !pruned[i] || code === 0)).toBe(true);
    const exact = withGrid({ rows: 2, columns: 2, gram: Float64Array.of(1, 0.5, 0.5, 1), weight: Float64Array.of(3, -2, 1, 0), bits: 3 });
    expect(Array.from(learnRounding(exact).codes)).toEqual([3, -2, 1, 0]);
    const silent = withGrid({ ...problem, gram: new Float64Array(36), bits: 3 });
    expect(learnRounding(silent).codes).toEqual(silent.nearest);
  });
});
