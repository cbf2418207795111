import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csr } from '../../../lib/sparse/csr.ts';
import { sddmm } from '../../../lib/sparse/sddmm.ts';
import { spGemm } from '../../../lib/sparse/spgemm.ts';
import { spMSpV } from '../../../lib/sparse/spmspv.ts';
import { array, type NDArray } from '../../../lib/tensor/array.ts';
import { denseProduct, matrixOf, nonzeros } from './sparse-matrix.ts';

const transposed = ({ shape, data }: NDArray): NDArray => {
  const [rows, columns] = shape as [number, number];
  return array(
    [columns, rows],
    Float32Array.from(data, (_, i) => data[(i % rows) * columns + Math.floor(i / rows)] as number),
  );
};
const size = fc.integer({ min: 1, max: 19 });
const triple = fc
  .tuple(size, size, size)
  .chain(([m, k, n]) => fc.record({ a: matrixOf(m, k), b: matrixOf(k, n), pattern: matrixOf(m, n) }));
const lengths = (m: NDArray): number[] => {
  const { pointers } = csr.encode(m);
  return [...pointers.subarray(1)].map((end, row) => end - (pointers[row] as number));
};

describe('products of compressed sparse rows', () => {
  it('SpMM multiplies once for each nonzero and column', () => {
    fc.assert(
      fc.property(triple, ({ a, b }) => {
        expect(csr.multiply(csr.encode(a), b).macs).toBe(nonzeros(a) * (b.shape[1] as number));
      }),
    );
  });

  it('SpMSpV is the dense product, at the cost of the rows met', () => {
    fc.assert(
      fc.property(triple, ({ a, b }) => {
        const vector = array([a.shape[1] as number], a.data.slice(0, a.shape[1]));
        const { value, macs } = spMSpV(vector, csr.encode(b));
        expect([...value.data]).toEqual([...denseProduct(array([1, vector.data.length], vector.data), b).data]);
        expect(macs).toBe(lengths(b).reduce((sum, length, i) => sum + (vector.data[i] === 0 ? 0 : length), 0));
      }),
    );
  });

  it('SpGEMM is the dense product, at the cost of the pairs met', () => {
    fc.assert(
      fc.property(triple, ({ a, b }) => {
        const { value, macs } = spGemm(csr.encode(a), csr.encode(b));
        expect(csr.decode(value)).toEqual(denseProduct(a, b));
        const [columnsOfA, rowsOfB] = [lengths(transposed(a)), lengths(b)];
        expect(macs).toBe(columnsOfA.reduce((sum, count, k) => sum + count * (rowsOfB[k] as number), 0));
      }),
    );
  });

  it('SDDMM is the dense product where the pattern has a value', () => {
    fc.assert(
      fc.property(triple, ({ a, b, pattern }) => {
        const { value, macs } = sddmm(csr.encode(pattern), a, transposed(b));
        const expected = denseProduct(a, b);
        const sampled = expected.data.map((v, i) => (pattern.data[i] === 0 ? 0 : v));
        expect(csr.decode(value)).toEqual(array(expected.shape, sampled));
        expect(macs).toBe(nonzeros(pattern) * (a.shape[1] as number));
      }),
    );
  });

  it('refuse sides that do not fit', () => {
    const matrix = csr.encode(array([2, 3], [1, 0, 2, 0, 0, 3]));
    expect(() => spGemm(matrix, matrix)).toThrow(expect.objectContaining({ code: 'prune/sparse-product' }));
    expect(() => spMSpV(array([3], [1, 2, 3]), matrix)).toThrow(expect.objectContaining({ code: 'prune/sparse-product' }));
    expect(() => sddmm(matrix, array([2, 4], new Float32Array(8)), array([3, 5], new Float32Array(15)))).toThrow(
      expect.objectContaining({ code: 'shape/mismatch' }),
    );
  });
});
