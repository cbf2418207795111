import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packSigns, popcount, xnorProduct } from '../../../../../lib/compress/quantize/binary/xnor.ts';
import { array, type NDArray } from '../../../../../lib/tensor/array.ts';
import { normal, random } from '../../../../../lib/tensor/random.ts';

const sign = (x: number | undefined): number => ((x as number) >= 0 ? 1 : -1);

/** The same product by a loop over numbers. */
function plain(a: NDArray, b: NDArray): number[] {
  const [m = 0, n = 0] = a.shape;
  const [p = 0] = b.shape;
  return Array.from({ length: m * p }, (_, at) => {
    const [i, j] = [Math.floor(at / p), at % p];
    return Array.from({ length: n }, (_, k) => sign(a.data[i * n + k]) * sign(b.data[j * n + k])).reduce((x, y) => x + y, 0);
  });
}

describe('products of signs', () => {
  it('is -2 for the example', () => {
    expect([...xnorProduct(packSigns(array([4], [1, -1, 1, -1])), packSigns(array([4], [1, 1, -1, 1]))).data]).toEqual([-2]);
  });

  it.each([1, 2, 31, 32, 33, 63, 64, 65, 100, 1000])('is the sum of %i products', n => {
    const [a, b] = [normal(random(n), [3, n], {}), normal(random(n + 1), [5, n], {})];
    const product = xnorProduct(packSigns(a), packSigns(b));
    expect([...product.data]).toEqual(plain(a, b));
    expect(product.shape).toEqual([3, 5]);
  });

  it('takes 0 and -0 for +1, and nothing for an empty sum', () => {
    expect([...xnorProduct(packSigns(array([2], [0, -0])), packSigns(array([2], [1, 1]))).data]).toEqual([2]);
    expect([...xnorProduct(packSigns(array([2, 0], [])), packSigns(array([1, 0], []))).data]).toEqual([0, 0]);
  });

  it('counts the ones of every word', () => {
    fc.assert(
      fc.property(fc.integer(), word => {
        expect(popcount(word)).toBe([...(word >>> 0).toString(2)].filter(bit => bit === '1').length);
      }),
    );
    for (const [word, ones] of [
      [0, 0],
      [-1, 32],
      [-(2 ** 31), 1],
      [0x7fffffff, 31],
    ] as const)
      expect(popcount(word)).toBe(ones);
  });

  it('refuses NaN, other ranks, and rows that differ in length', () => {
    expect(() => packSigns(array([2], [1, Number.NaN]))).toThrow(/Value 1 is NaN/);
    expect(() => packSigns(array([1, 1, 1], [1]))).toThrow(/\[1,1,1\]/);
    expect(() => xnorProduct(packSigns(array([2], [1, 1])), packSigns(array([3], [1, 1, 1])))).toThrow(/2 signs, those of B 3/);
  });
});
