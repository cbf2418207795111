import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { patternDictionary, patternMask } from '../../../lib/compress/prune/granularity/pattern.ts';
import { encodeFkw, fkwConv2d } from '../../../lib/sparse/fkw.ts';
import { array, type NDArray } from '../../../lib/tensor/array.ts';
import { integers, random } from '../../../lib/tensor/random.ts';

/** The obvious convolution, no padding, stride 1. */
function convolution(x: NDArray, kernel: NDArray): NDArray {
  const [h, w, inputs] = x.shape as [number, number, number];
  const [kh, kw, , outputs] = kernel.shape as [number, number, number, number];
  const [rows, columns] = [h - kh + 1, w - kw + 1];
  const data = new Float32Array(rows * columns * outputs);
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < columns; c++)
      for (let o = 0; o < outputs; o++)
        for (let p = 0; p < kh * kw; p++)
          for (let i = 0; i < inputs; i++) {
            const value = x.data[((r + Math.floor(p / kw)) * w + c + (p % kw)) * inputs + i] as number;
            const target = (r * columns + c) * outputs + o;
            data[target] = (data[target] as number) + value * (kernel.data[(p * inputs + i) * outputs + o] as number);
          }
  return array([rows, columns, outputs], data);
}

function pruned(
  seed: number,
  options: { count: number; emptyEvery: number },
): { kernel: NDArray; patterns: readonly (readonly number[])[] } {
  const raw = integers(random(seed), [3, 3, 4, 6], { low: -9, high: 9 });
  const weight = array(
    raw.shape,
    Float32Array.from(raw.data, (value, i) => ((i % 24) % options.emptyEvery === 0 ? 0 : value)),
  );
  const patterns = patternDictionary(weight, { count: options.count });
  const mask = patternMask(weight, { patterns });
  return {
    kernel: array(
      weight.shape,
      weight.data.map((value, i) => (mask.data[i] ? value : 0)),
    ),
    patterns,
  };
}

describe('FKW', () => {
  it('convolves as the dense kernel does, with fewer loads', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 6 }), (seed, unroll, bundle) => {
        const { kernel, patterns } = pruned(seed, { count: 4, emptyEvery: 5 });
        const x = array([5, 8, 4], Float32Array.from(integers(random(seed + 1), [5, 8, 4], { low: -9, high: 9 }).data));
        const { value, loads, loadsWithoutReuse } = fkwConv2d(encodeFkw(kernel, patterns), x, { unroll, bundle });
        expect(value).toEqual(convolution(x, kernel));
        if (unroll === 1 && bundle === 1) expect(loads).toBe(loadsWithoutReuse);
        else expect(loads).toBeLessThanOrEqual(loadsWithoutReuse);
        if (bundle === 6) expect(loads).toBeLessThan(loadsWithoutReuse);
      }),
      { numRuns: 30 },
    );
  });

  it('leaves empty kernels out, and puts alike filters side by side', () => {
    const patterns = [
      [1, 1, 0, 0],
      [0, 0, 1, 1],
    ];
    // [2, 2, 1, 4]: outputs 0 and 2 take the first pattern, 1 the second, 3 is empty
    const kernel = array([2, 2, 1, 4], [1, 0, 3, 0, 2, 0, 4, 0, 0, 5, 0, 0, 0, 6, 0, 0]);
    const { filters } = encodeFkw(kernel, patterns);
    expect(filters.map(({ output }) => output)).toEqual([0, 2, 1, 3]);
    expect(filters[2]?.kernels).toEqual([{ channel: 0, pattern: 1, values: [5, 6] }]);
    expect(filters[3]?.kernels).toEqual([]);
    const { loads, loadsWithoutReuse } = fkwConv2d({ ...encodeFkw(kernel, patterns) }, array([2, 3, 1], [1, 2, 3, 4, 5, 6]), {
      unroll: 2,
      bundle: 2,
    });
    expect([loads, loadsWithoutReuse]).toEqual([3 + 3, 12]);
  });

  it('refuses kernels that fit no pattern', () => {
    const code = 'prune/pattern';
    expect(() => encodeFkw(array([1, 2, 1, 1], [1, 1]), [[1, 0]])).toThrow(expect.objectContaining({ code }));
    expect(() => encodeFkw(array([1, 2, 1, 1], [1, 1]), [[1]])).toThrow(expect.objectContaining({ code }));
    expect(() => encodeFkw(array([1, 2], [1, 1]), [[1, 0]])).toThrow(expect.objectContaining({ code }));
  });
});
