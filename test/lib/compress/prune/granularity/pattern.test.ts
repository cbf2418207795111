import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pattern, patternDictionary, patternMask } from '../../../../../lib/compress/prune/granularity/pattern.ts';
import { array, type NDArray } from '../../../../../lib/tensor/array.ts';
import { normal, random } from '../../../../../lib/tensor/random.ts';

/** The values of each kernel of [kh, kw, in, out], kh · kw each. */
const kernels = ({ shape, data }: NDArray): number[][] => {
  const [kh, kw, inputs, outputs] = shape as [number, number, number, number];
  const count = inputs * outputs;
  return Array.from({ length: count }, (_, k) => Array.from({ length: kh * kw }, (_, p) => data[p * count + k] as number));
};

describe('patterns', () => {
  it('the dictionary holds the most frequent natural patterns', () => {
    // 1 × 3 kernels of five outputs: largest at 0, 2, 2, 1, 2
    const weight = array([1, 3, 1, 5], [9, 1, 1, 1, 1, 1, 1, 1, 9, 1, 1, 9, -9, 1, 9]);
    expect(patternDictionary(weight, { entries: 1, count: 2 })).toEqual([
      [0, 0, 1],
      [1, 0, 0],
    ]);
    expect(patternDictionary(weight, { entries: 1 }).length).toBe(3);
  });

  it('every kernel takes the pattern of the dictionary that keeps the most', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 8 }), (seed, entries, count) => {
        const weight = normal(random(seed), [3, 3, 3, 4]);
        const patterns = patternDictionary(weight, { entries, count });
        expect(patterns.length).toBeLessThanOrEqual(count);
        const masks = kernels(patternMask(weight, { patterns }));
        const energy = (values: number[], kept: readonly number[]): number => values.reduce((sum, v, p) => sum + (kept[p] ? v * v : 0), 0);
        for (const [k, values] of kernels(weight).entries()) {
          expect(patterns).toContainEqual(masks[k]);
          expect(energy(values, masks[k] as number[])).toBe(Math.max(...patterns.map(p => energy(values, p))));
        }
      }),
      { numRuns: 50 },
    );
  });

  it('as a granularity keeps entries of each kernel, and what is pruned stays so', () => {
    const scores = normal(random(2), [3, 3, 2, 4]);
    const { data } = scores;
    const once = array(
      scores.shape,
      data.map(value => (value < -1 ? Number.NEGATIVE_INFINITY : Math.abs(value))),
    );
    const mask = pattern({ entries: 4, count: 3 }).mask(once, { sparsity: 5 / 9 });
    for (const kept of kernels(mask)) expect(kept.reduce((a, b) => a + b)).toBeLessThanOrEqual(4);
    expect([...mask.data].filter((kept, i) => kept === 1 && once.data[i] === Number.NEGATIVE_INFINITY)).toEqual([]);
    expect(() => pattern().mask(scores, { sparsity: 0.5 })).toThrow(expect.objectContaining({ code: 'prune/sparsity' }));
  });

  it('refuses what has no kernels, and patterns that do not fit', () => {
    const code = 'prune/pattern';
    const weight = normal(random(1), [3, 3, 2, 2]);
    expect(() => patternDictionary(array([2, 2], [1, 2, 3, 4]))).toThrow(expect.objectContaining({ code }));
    expect(() => patternDictionary(weight, { entries: 10 })).toThrow(expect.objectContaining({ code }));
    expect(() => patternDictionary(weight, { count: 0 })).toThrow(expect.objectContaining({ code }));
    expect(() => patternMask(weight, { patterns: [] })).toThrow(expect.objectContaining({ code }));
    expect(() => patternMask(weight, { patterns: [[1, 0]] })).toThrow(expect.objectContaining({ code }));
    const broken = array([1, 2, 1, 1], [1, Number.NaN]);
    expect(() => patternMask(broken, { patterns: [[1, 0]] })).toThrow(expect.objectContaining({ code: 'prune/finite' }));
  });
});
