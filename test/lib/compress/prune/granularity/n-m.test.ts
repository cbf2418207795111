import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nm, nmMask } from '../../../../../lib/compress/prune/granularity/n-m.ts';
import { pruneMagnitude } from '../../../../../lib/compress/prune/magnitude.ts';
import { sparsityByParameter } from '../../../../../lib/measure/sparsity.ts';
import { vgg } from '../../../../../lib/model/vgg.ts';
import { array } from '../../../../../lib/tensor/array.ts';
import { normal, random } from '../../../../../lib/tensor/random.ts';

describe('nmMask', () => {
  it('keeps the two largest magnitudes of every four inputs', () => {
    const weight = array([4, 2], [1, -9, -4, 2, 3, 3, 2, 1]);
    expect([...nmMask(weight, { n: 2, m: 4 }).data]).toEqual([0, 1, 1, 0, 1, 1, 0, 0]);
  });

  it('prunes the lower index of equal magnitudes', () => {
    expect([...nmMask(array([1, 4], [2, -2, 2, -2]), { n: 2, m: 4, axis: 1 }).data]).toEqual([0, 0, 1, 1]);
  });

  it('a short last group keeps at most n', () => {
    expect([...nmMask(array([7], [1, 2, 3, 4, 3, 2, 1]), { n: 2, m: 4 }).data]).toEqual([0, 0, 1, 1, 1, 1, 0]);
    expect([...nmMask(array([3, 3, 1, 2], new Float32Array(18).fill(1)), { n: 2, m: 4 }).data]).toEqual(new Array(18).fill(1));
  });

  it('in every group keeps n values, none smaller than a pruned one, along any axis', () => {
    fc.assert(
      fc.property(fc.nat(2), fc.integer({ min: 1, max: 8 }), fc.nat(), (axis, m, seed) => {
        const n = 1 + (seed % m);
        const shape = [2, 3, 2].with(axis, 2 * m);
        const weight = normal(random(seed), shape);
        const mask = nmMask(weight, { n, m, axis }).data;
        const stride = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
        const groups = new Map<number, { kept: number[]; pruned: number[] }>();
        weight.data.forEach((w, i) => {
          const along = Math.floor(i / stride) % (2 * m);
          const key = i - (along % m) * stride;
          const group = groups.get(key) ?? { kept: [], pruned: [] };
          groups.set(key, group);
          (mask[i] ? group.kept : group.pruned).push(Math.abs(w));
        });
        for (const { kept, pruned } of groups.values()) {
          expect(kept.length).toBe(n);
          expect(Math.min(...kept)).toBeGreaterThanOrEqual(Math.max(0, ...pruned));
        }
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    [{ n: 3, m: 2 }, 'prune/n-m'],
    [{ n: 0, m: 4 }, 'prune/n-m'],
    [{ n: 1.5, m: 4 }, 'prune/n-m'],
    [{ n: 2, m: 4, axis: 2 }, 'prune/axis'],
  ])('refuses %o', (options, code) => {
    expect(() => nmMask(array([4, 1], [1, 2, 3, 4]), options)).toThrow(expect.objectContaining({ code }));
  });

  it('refuses weights that cannot be ranked', () => {
    expect(() => nmMask(array([2], [1, Number.NaN]), { n: 1, m: 2 })).toThrow(expect.objectContaining({ code: 'prune/finite' }));
    expect(() => nmMask(array([0], []), { n: 1, m: 2 })).toThrow(expect.objectContaining({ code: 'prune/empty' }));
  });

  it('as a granularity has one sparsity, ranks signed scores, and keeps pruned weights pruned', () => {
    const scores = array([4, 1], [-3, Number.NEGATIVE_INFINITY, -2, Number.NEGATIVE_INFINITY]);
    expect([...nm({ n: 1, m: 4 }).mask(scores, { sparsity: 0.75 }).data]).toEqual([0, 0, 1, 0]);
    expect([...nm({ n: 3, m: 4 }).mask(scores, { sparsity: 0.25 }).data]).toEqual([1, 0, 1, 0]);
    expect(() => nm({ n: 2, m: 4 }).mask(scores, { sparsity: 0.6 })).toThrow(expect.objectContaining({ code: 'prune/sparsity' }));
  });

  it('prunes a model: half of every weight, the single input of the first layer left out', () => {
    const model = pruneMagnitude(vgg({ input: [8, 8, 1], widths: [4, 'M', 8, 'M'], classes: 2, seed: 1 }), {
      sparsity: 0.5,
      granularity: nm({ n: 2, m: 4 }),
    });
    const shares = Object.values(sparsityByParameter(model));
    expect(shares[0]).toBe(0);
    expect(shares.slice(1)).toEqual(shares.slice(1).map(() => 0.5));
  });
});
