import { describe, expect, it } from 'vitest';
import { sparseBytes } from '../../../lib/sparse/format.ts';
import { packedNm } from '../../../lib/sparse/n-m.ts';
import { array } from '../../../lib/tensor/array.ts';

const packed24 = packedNm({ n: 2, m: 4 });

describe('packed N:M', () => {
  it('stores two values and two 2-bit places of every four', () => {
    const { values, indices } = packed24.encode(array([1, 8], [0, 5, 0, 7, 1, 2, 0, 0]));
    expect([...values]).toEqual([5, 7, 1, 2]);
    expect([...indices]).toEqual([0b01_00_11_01]);
  });

  it('takes 1/1.78 of dense 16-bit storage and 1/1.6 of dense 8-bit storage', () => {
    const matrix = packed24.encode(array([16, 64], new Float32Array(1024)));
    expect((1024 * 2) / sparseBytes(matrix, { valueBits: 16 })).toBeCloseTo(1.78, 2);
    expect(1024 / sparseBytes(matrix, { valueBits: 8 })).toBe(1.6);
  });

  it('places of 3 bits cross bytes', () => {
    const format = packedNm({ n: 3, m: 8 });
    const weight = array([1, 8], [0, 0, 6, 0, 0, 5, 0, 8]);
    expect([...format.encode(weight).indices]).toEqual([0b11_101_010, 0b1]);
    expect(format.decode(format.encode(weight))).toEqual(weight);
  });

  it('does n / m of the multiplications', () => {
    const matrix = packed24.encode(array([4, 8], new Float32Array(32)));
    expect(packed24.multiply(matrix, array([8, 3], new Float32Array(24))).macs).toBe((4 * 8 * 3) / 2);
  });

  it('refuses a matrix that is not N:M', () => {
    const weight = array([2, 4], [0, 0, 0, 0, 1, 2, 3, 0]);
    expect(() => packed24.encode(weight)).toThrow(
      expect.objectContaining({ code: 'prune/not-n-m', message: expect.stringMatching(/row 1/) }),
    );
    expect(() => packedNm({ n: 5, m: 4 })).toThrow(expect.objectContaining({ code: 'prune/n-m' }));
  });
});
