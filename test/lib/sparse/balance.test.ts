import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadBalanced } from '../../../lib/compress/prune/granularity/load-balanced.ts';
import { magnitudeMask } from '../../../lib/compress/prune/magnitude.ts';
import { csr } from '../../../lib/sparse/csr.ts';
import { kernelMatrix } from '../../../lib/sparse/format.ts';
import { runElements } from '../../../lib/sparse/processing-elements.ts';
import { makespan, rowLengths, rowSwizzle, variation } from '../../../lib/sparse/row-swizzle.ts';
import { rowTiling } from '../../../lib/sparse/row-tiling.ts';
import { array, filled, type NDArray } from '../../../lib/tensor/array.ts';
import { normal, random, uniform } from '../../../lib/tensor/random.ts';
import { matrixOf } from './sparse-matrix.ts';

const masked = (weight: NDArray, mask: NDArray): NDArray =>
  array(
    weight.shape,
    weight.data.map((value, i) => (mask.data[i] ? value : 0)),
  );

/** A dense kernel [in, out] whose outputs differ in scale, so that a threshold leaves them unequal. */
function unequalKernel(seed: number, [inputs, outputs]: readonly [number, number]): NDArray {
  const { data, shape } = normal(random(seed), [inputs, outputs]);
  return array(
    shape,
    data.map((value, i) => value * (1 + (i % outputs))),
  );
}

describe('load-balance-aware pruning', () => {
  const elements = 4;
  const magnitudes = ({ shape, data }: NDArray): NDArray => array(shape, (data as Float32Array).map(Math.abs));

  it('gives every element as many nonzeros, and never takes longer than one threshold', () => {
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom(0, 0.25, 0.5, 0.9, 1), fc.integer({ min: 1, max: 4 }), (seed, sparsity, outputs) => {
        const kernel = unequalKernel(seed, [16, outputs * elements]);
        const balanced = masked(kernel, loadBalanced({ elements }).mask(magnitudes(kernel), { sparsity }));
        const plain = masked(kernel, magnitudeMask(kernel, sparsity));
        const ones = filled([16], 1);
        const run = (weight: NDArray) => runElements(kernelMatrix(weight), ones, { elements, fifoDepth: 16 });
        const kept = (weight: NDArray): number[] => {
          const lengths = rowLengths(csr.encode(kernelMatrix(weight)));
          return Array.from({ length: elements }, (_, e) => lengths.filter((_, row) => row % elements === e).reduce((a, b) => a + b, 0));
        };
        const each = 16 * outputs - Math.round(sparsity * 16 * outputs);
        expect(kept(balanced)).toEqual(new Array(elements).fill(each));
        expect(run(balanced).work).toEqual(kept(balanced)); // rows are too few for fillers
        expect(Math.max(...kept(balanced))).toBeLessThanOrEqual(Math.max(...kept(plain)));
      }),
      { numRuns: 40 },
    );
  });

  it('balance shows in the cycles', () => {
    const kernel = unequalKernel(3, [64, 32]);
    const cycles = (mask: NDArray): number =>
      runElements(kernelMatrix(masked(kernel, mask)), filled([64], 1), { elements, fifoDepth: 8 }).cycles;
    expect(cycles(loadBalanced({ elements }).mask(magnitudes(kernel), { sparsity: 0.8 }))).toBeLessThan(cycles(magnitudeMask(kernel, 0.8)));
  });

  it('keeps what is pruned pruned, and refuses no elements', () => {
    const scores = array([2, 4], [Number.NEGATIVE_INFINITY, 1, 2, 3, 4, 5, 6, 7]);
    expect([...loadBalanced({ elements: 2 }).mask(scores, { sparsity: 0.5 }).data]).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
    expect(() => loadBalanced({ elements: 0 })).toThrow(expect.objectContaining({ code: 'prune/elements' }));
    expect(() => loadBalanced({ elements: 2, axis: 2 }).mask(scores, { sparsity: 0 })).toThrow(
      expect.objectContaining({ code: 'prune/axis' }),
    );
  });
});

describe('row swizzle', () => {
  const schedule = { workers: fc.integer({ min: 1, max: 5 }), bundle: fc.integer({ min: 1, max: 4 }) };

  it('is an order of the rows that takes no longer', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(30), { minLength: 1, maxLength: 40 }), fc.record(schedule), (lengths, options) => {
        const order = rowSwizzle(lengths, options);
        expect([...order].sort((a, b) => a - b)).toEqual(lengths.map((_, i) => i));
        const swizzled = [...order].map(row => lengths[row] as number);
        expect(makespan(swizzled, options)).toBeLessThanOrEqual(makespan(lengths, options));
      }),
    );
  });

  it('balances bundles of unequal rows', () => {
    const lengths = [9, 1, 9, 1, 9, 1, 9, 1];
    expect([...rowSwizzle(lengths, { workers: 2, bundle: 2 })]).toEqual([0, 2, 4, 6, 1, 3, 5, 7]);
    expect(makespan(lengths, { workers: 2, bundle: 2 })).toBe(18);
    expect(makespan([9, 9, 9, 9, 1, 1, 1, 1], { workers: 2, bundle: 2 })).toBe(10);
  });

  it('keeps the own order where longest-first is worse', () => {
    const lengths = [3, 2, 2, 3, 2];
    expect(makespan([3, 3, 2, 2, 2], { workers: 2 })).toBe(7);
    expect([...rowSwizzle(lengths, { workers: 2 })]).toEqual([0, 1, 2, 3, 4]);
  });

  it('variation is 0 for equal rows and grows with inequality', () => {
    expect(variation([4, 4, 4])).toBe(0);
    expect(variation([])).toBe(0);
    expect(variation([0, 0])).toBe(0);
    expect(variation(rowLengths(csr.encode(array([2, 3], [1, 0, 0, 1, 1, 1]))))).toBe(0.5);
    expect(() => makespan([1], { workers: 0 })).toThrow(expect.objectContaining({ code: 'prune/workers' }));
  });
});

describe('one-dimensional tiling', () => {
  it('covers the result once, and loads the sparse rows once a strip', () => {
    fc.assert(
      fc.property(matrixOf(5, 7), fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 16 }), (weight, n, width) => {
        const matrix = csr.encode(weight);
        const { tiles, sparseLoads, denseLoads, idle } = rowTiling(matrix, { n, width });
        const covered = new Uint8Array(5 * n);
        for (const { row, from, to } of tiles) for (let j = from; j < to; j++) covered[row * n + j] = (covered[row * n + j] as number) + 1;
        expect(covered).toEqual(new Uint8Array(5 * n).fill(1));
        expect(sparseLoads * 5).toBe(matrix.values.length * tiles.length);
        expect(denseLoads + idle).toBe(sparseLoads * width);
      }),
    );
    expect(() => rowTiling(csr.encode(uniform(random(1), [2, 2])), { n: 0, width: 4 })).toThrow(
      expect.objectContaining({ code: 'prune/tile' }),
    );
  });
});
