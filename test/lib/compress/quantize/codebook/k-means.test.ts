import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { magnitudeMask } from '../../../../../lib/compress/prune/magnitude.ts';
import type { InitialCentroids } from '../../../../../lib/compress/quantize/codebook/initial.ts';
import { kMeans } from '../../../../../lib/compress/quantize/codebook/k-means.ts';
import { kMeansQuantize, kMeansValue } from '../../../../../lib/compress/quantize/codebook/k-means-quantize.ts';
import { sortedValues } from '../../../../../lib/compress/quantize/codebook/sorted.ts';
import { axis, group } from '../../../../../lib/compress/quantize/granularity/granularity.ts';
import { parameterBits } from '../../../../../lib/measure/model-size.ts';
import { mlp } from '../../../../../lib/model/mlp.ts';
import { type Parameter, withParameters } from '../../../../../lib/model/model.ts';
import { realValue } from '../../../../../lib/model/real-value.ts';
import { array } from '../../../../../lib/tensor/array.ts';
import { normal, random } from '../../../../../lib/tensor/random.ts';
import { w4 } from '../w4.ts';

const beginnings: readonly InitialCentroids[] = ['linear', 'density', 'random'];

/** Which number is nearest, the first one of several. */
function nearestOf(x: number, numbers: readonly number[]): number {
  const away = numbers.map(c => Math.abs(x - c));
  return away.indexOf(Math.min(...away));
}

/** Lloyd's algorithm as it is written in books: every value against every centroid. No cluster may run empty. */
function plainLloyd(values: readonly number[], first: readonly number[], iterations: number): number[] {
  let centroids = [...first];
  for (let n = 0; n < iterations; n++)
    centroids = centroids.map((c, k) => {
      const own = values.filter(x => nearestOf(x, centroids) === k);
      return own.length > 0 ? own.reduce((a, b) => a + b, 0) / own.length : c;
    });
  return centroids;
}

/** The smallest error that k clusters of ascending values can have, by trying every border. */
function smallestError(values: readonly number[], k: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const spread = (from: number, to: number): number => {
    const part = sorted.slice(from, to);
    const mean = part.reduce((a, b) => a + b, 0) / part.length;
    return part.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  };
  let best = sorted.map((_, i) => spread(0, i + 1));
  for (let j = 1; j < k; j++)
    best = sorted.map((_, i) => Math.min(best[i] as number, ...best.slice(0, i).map((before, b) => before + spread(b + 1, i + 1))));
  return best.at(-1) ?? 0;
}

describe('k-means of single numbers', () => {
  it.each(beginnings)('clusters the example matrix, beginning %s', initial => {
    const { centroids, error, converged } = kMeans(w4.data as Float32Array, { clusters: 4, initial });
    for (const [k, c] of [-1, 0, 1.5, 2].entries()) expect(centroids[k]).toBeCloseTo(c, 6);
    expect(error).toBeCloseTo(0.0932, 6);
    expect(converged).toBe(true);
  });

  it('goes the way of the loop over all values and centroids', () => {
    const values = normal(random(3), [500], {}).data as Float32Array;
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const first = Array.from({ length: 5 }, (_, i) => low + (i * (high - low)) / 4);
    for (const iterations of [0, 1, 2, 7, 40]) {
      const { centroids } = kMeans(values, { clusters: 5, iterations });
      const plain = plainLloyd([...values], first, iterations);
      for (const [k, c] of plain.entries()) expect(centroids[k]).toBeCloseTo(c, 5);
    }
  });

  it('never falls below the smallest error there is, and is exact with as many clusters as values', () => {
    const beginning = fc.record({ initial: fc.constantFrom(...beginnings), seed: fc.integer() });
    const lists = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 1, maxLength: 14 });
    fc.assert(
      fc.property(lists, fc.integer({ min: 1, max: 6 }), beginning, (list, clusters, { initial, seed }) => {
        const { centroids, codes, error, converged } = kMeans(Float32Array.from(list), { clusters, initial, seed, iterations: 200 });
        const distinct = new Set(list).size;
        expect(converged).toBe(true);
        expect(centroids.length).toBe(Math.min(clusters, distinct));
        expect(new Set(codes).size).toBe(centroids.length);
        expect([...centroids]).toEqual([...centroids].sort((a, b) => a - b));
        for (const [i, x] of list.entries())
          expect(Math.abs(x - (centroids[codes[i] as number] as number))).toBeCloseTo(
            Math.min(...[...centroids].map(c => Math.abs(x - c))),
            5,
          );
        expect(error).toBeGreaterThanOrEqual(smallestError(list, clusters) - 1e-4);
        if (clusters >= distinct) expect(error).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  it('gets better with more iterations, and starts empty clusters again', () => {
    const values = Float32Array.from([...Array.from({ length: 50 }, (_, i) => i / 1000), 100]);
    const errors = [1, 2, 5, 50].map(iterations => kMeans(values, { clusters: 8, iterations }).error);
    for (let i = 1; i < errors.length; i++) expect(errors[i]).toBeLessThanOrEqual(errors[i - 1] as number);
    expect(kMeans(values, { clusters: 8 }).centroids.length).toBe(8);
  });

  it('draws a random beginning from its seed', () => {
    const values = normal(random(1), [1000], {}).data as Float32Array;
    const of = (seed: number): Float32Array => kMeans(values, { clusters: 9, initial: 'random', seed, iterations: 1 }).centroids;
    expect(of(4)).toEqual(of(4));
    expect(of(4)).not.toEqual(of(5));
  });

  it('sorts as a comparing sort does', () => {
    const values = Float32Array.from({ length: 9999 }, (_, i) => Math.fround(Math.sin(i * 7) * 10 ** ((i % 60) - 30)));
    values.set([0, -0, 1, 1, -1, 3e-45, -3e-45], 500);
    expect(sortedValues(values)).toEqual(Float32Array.from(values).sort());
    expect(sortedValues(values.subarray(3, 5003))).toEqual(values.slice(3, 5003).sort());
  });

  it('refuses what has no mean, by name', () => {
    const with1 =
      (options: object): (() => unknown) =>
      () =>
        kMeans(Float32Array.of(1, 2), { clusters: 2, where: 'Here', ...options });
    expect(() => kMeans(new Float32Array(0), { clusters: 2, where: 'Here' })).toThrow(/Here.*no value/);
    expect(() => kMeans(Float32Array.of(1, Number.NaN), { clusters: 2, where: 'Here' })).toThrow(/Here: value 1 is NaN/);
    expect(() => kMeans(Float32Array.of(Number.POSITIVE_INFINITY), { clusters: 2 })).toThrow(/Infinity/);
    expect(with1({ clusters: 0 })).toThrow(/Here.*clusters/);
    expect(with1({ clusters: 1.5 })).toThrow(/clusters/);
    expect(with1({ iterations: -1 })).toThrow(/iterations/);
  });
});

describe('weights by k-means', () => {
  it('takes 20 bytes for the 64 of the example', () => {
    const stored = kMeansValue({ value: w4 }, { bits: 2 });
    expect(parameterBits({ ...stored, trainable: true }) / 8).toBe(20);
    expect([...realValue({ ...stored, trainable: true }).data].map(x => Math.round(x * 1e6) / 1e6 + 0)).toEqual([
      2, -1, 1.5, 0, 0, 0, -1, 2, -1, 2, 0, -1, 2, 0, 1.5, 1.5,
    ]);
  });

  it('has a book for each tile, also of odd sizes', () => {
    const value = normal(random(2), [7, 5], {});
    for (const granularity of [axis(-1), axis(0), group(3, 0)]) {
      const stored = kMeansValue({ value }, { bits: 2, granularity });
      const real = realValue({ ...stored, trainable: true });
      const error = real.data.reduce((sum, x, i) => sum + (x - (value.data[i] as number)) ** 2, 0);
      const whole = realValue({ ...kMeansValue({ value }, { bits: 2 }), trainable: true });
      expect(error).toBeLessThan(whole.data.reduce((sum, x, i) => sum + (x - (value.data[i] as number)) ** 2, 0));
    }
    const columns = kMeansValue({ value }, { bits: 3, granularity: axis(-1) });
    expect(columns.quantization.entries.shape).toEqual([1, 5, 7]);
    expect(realValue({ ...columns, trainable: true }).data).toEqual(value.data);
  });

  it.each([1, 2, 4, 9])('keeps pruned weights exactly 0, with %i bits', bits => {
    const dense = mlp({ input: [30], hidden: [20], classes: 3, seed: 5 });
    const mask = magnitudeMask((dense.parameters['dense-1.kernel'] as Parameter).value, 0.7);
    const pruned = withParameters(dense, { 'dense-1.kernel': { mask } });
    const { mask: kept, quantization, ...rest } = kMeansQuantize(pruned, { bits }).parameters['dense-1.kernel'] as Parameter;
    expect(kept).toBe(mask);
    const { data } = realValue({ ...rest, quantization });
    expect(data.every((x, i) => mask.data[i] === 1 || x === 0)).toBe(true);
    expect(new Set(data).size).toBeLessThanOrEqual(2 ** bits);
    expect([...data].filter((x, i) => mask.data[i] === 1 && x === 0).length).toBeLessThan(2);
  });

  it('keeps a weight of which everything is pruned, and refuses by the name of the parameter', () => {
    const value = array([2, 2], [1, 2, 3, 4]);
    const all = kMeansValue({ value, mask: array([2, 2], [0, 0, 0, 0], 'uint8') }, { bits: 2 });
    expect([...realValue({ ...all, trainable: true }).data]).toEqual([0, 0, 0, 0]);
    const model = withParameters(mlp({ input: [2], hidden: [], classes: 2 }), {
      'dense-1.kernel': { value: array([2, 2], [1, Number.NaN, 3, 4]) },
    });
    expect(() => kMeansQuantize(model, { bits: 2 })).toThrow(/Parameter dense-1\.kernel: value 1 is NaN/);
    expect(() => kMeansQuantize(model, { bits: 17 })).toThrow(/1 to 16 bits/);
    expect(() => kMeansQuantize(model, { bits: 2, parameters: ['nothing'] })).toThrow(
      expect.objectContaining({ code: 'quantize/parameter', message: expect.stringContaining('nothing') }),
    );
  });
});
