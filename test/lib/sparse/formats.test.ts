import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nmMask } from '../../../lib/compress/prune/granularity/n-m.ts';
import { blockedEll } from '../../../lib/sparse/blocked-ell.ts';
import { csr } from '../../../lib/sparse/csr.ts';
import { eie, relativeIndexed } from '../../../lib/sparse/eie.ts';
import { kernelMatrix, type SparseFormat, sparseBytes } from '../../../lib/sparse/format.ts';
import { packedNm } from '../../../lib/sparse/n-m.ts';
import { array, type NDArray } from '../../../lib/tensor/array.ts';
import { denseProduct, nonzeros, productOperands } from './sparse-matrix.ts';

const any = (matrix: NDArray): NDArray => matrix;
const pruned =
  (n: number, m: number) =>
  (matrix: NDArray): NDArray => {
    const { data } = nmMask(matrix, { n, m, axis: 1 });
    return array(
      matrix.shape,
      matrix.data.map((value, i) => (data[i] ? value : 0)),
    );
  };

interface Case {
  readonly format: SparseFormat;
  /** Makes a matrix one that the format can hold. */
  readonly fit: (matrix: NDArray) => NDArray;
}

const cases: readonly Case[] = [
  { format: csr, fit: any },
  { format: eie, fit: any },
  { format: relativeIndexed(1), fit: any },
  { format: relativeIndexed(8), fit: any },
  { format: packedNm({ n: 2, m: 4 }), fit: pruned(2, 4) },
  { format: packedNm({ n: 1, m: 16 }), fit: pruned(1, 16) },
  { format: packedNm({ n: 5, m: 5 }), fit: any },
  { format: packedNm({ n: 1, m: 1 }), fit: any },
  { format: blockedEll(1), fit: any },
  { format: blockedEll(4), fit: any },
];

describe.each(cases)('$format.name', ({ format, fit }) => {
  const encodeAndBack = (matrix: NDArray): NDArray => format.decode(format.encode(matrix));

  it('round trip, and a product equal to the dense one, for any matrix', () => {
    fc.assert(
      fc.property(productOperands, ({ matrix: raw, right }) => {
        const matrix = fit(raw);
        const encoded = format.encode(matrix);
        expect(format.decode(encoded)).toEqual(matrix);
        const { value, macs } = format.multiply(encoded, right);
        expect(value).toEqual(denseProduct(matrix, right));
        const n = right.shape[1] ?? 1;
        expect(macs).toBeGreaterThanOrEqual(nonzeros(matrix) * n);
        expect(macs).toBeLessThanOrEqual(encoded.stored.values * n);
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    ['all zeros', array([5, 33], new Float32Array(165))],
    ['one value, at the end', array([3, 35], new Float32Array(105).with(104, 2))],
    ['no rows', array([0, 5], [])],
    ['no columns', array([5, 0], [])],
  ])('%s', (_, matrix) => {
    expect(encodeAndBack(matrix)).toEqual(matrix);
    const right = array([matrix.shape[1] as number, 2], new Float32Array(2 * (matrix.shape[1] as number)).fill(1));
    expect(format.multiply(format.encode(matrix), right).value).toEqual(denseProduct(matrix, right));
  });

  it('all dense, where the format can hold it', () => {
    const matrix = fit(
      array(
        [7, 13],
        Float32Array.from({ length: 91 }, (_, i) => i + 1),
      ),
    );
    expect(encodeAndBack(matrix)).toEqual(matrix);
    expect(nonzeros(matrix)).toBeGreaterThan(0);
  });

  it('keeps the dtype, and counts bytes by it or by the bits told', () => {
    const matrix = array([2, 3], [0, -5, 0, 0, 0, 7], 'int8');
    const encoded = format.encode(matrix);
    expect(format.decode(encoded)).toEqual(matrix);
    const { values, indexBits } = encoded.stored;
    expect(sparseBytes(encoded)).toBe(Math.ceil((values * 8 + indexBits) / 8));
    expect(sparseBytes(encoded, { valueBits: 4 })).toBe(Math.ceil((values * 4 + indexBits) / 8));
  });

  it('refuses what is no matrix, and a right side that does not fit', () => {
    const code = 'prune/sparse-matrix';
    expect(() => format.encode(array([4], [1, 2, 3, 4]))).toThrow(expect.objectContaining({ code }));
    expect(() => format.encode(array([2, 2], [1, 2], 'int4'))).toThrow(expect.objectContaining({ code }));
    const encoded = format.encode(array([2, 3], [0, 1, 0, 0, 0, 0]));
    for (const shape of [[2], [2, 3], [3, 1, 1]])
      expect(() => format.multiply(encoded, array(shape, new Float32Array(shape.reduce((a, b) => a * b))))).toThrow(
        expect.objectContaining({ code: 'prune/sparse-product' }),
      );
  });
});

describe('kernelMatrix', () => {
  it('multiplies patches as the convolution does: one row an output', () => {
    const kernel = array(
      [1, 2, 2, 3],
      Float32Array.from({ length: 12 }, (_, i) => i),
    );
    expect(kernelMatrix(kernel)).toEqual(array([3, 4], [0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11]));
  });

  it('refuses a vector', () => {
    expect(() => kernelMatrix(array([3], [1, 2, 3]))).toThrow(expect.objectContaining({ code: 'prune/sparse-matrix' }));
  });
});
