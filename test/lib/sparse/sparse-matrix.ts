import fc from 'fast-check';
import { array, type NDArray } from '../../../lib/tensor/array.ts';

/** Small whole numbers, so that sums are exact in any order and products can be compared exactly. */
const nonzero = fc.oneof(fc.integer({ min: -9, max: -1 }), fc.integer({ min: 1, max: 9 }));

/** Values from all zero to all dense; runs of zeros long enough for fillers, whole rows of zeros. */
const values = (size: number): fc.Arbitrary<number[]> =>
  fc.constantFrom(0, 1, 4, 40).chain(zeros => {
    const value = fc.oneof({ weight: zeros, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: nonzero });
    return fc.array(value, { minLength: size, maxLength: size });
  });

export const matrixOf = (rows: number, columns: number): fc.Arbitrary<NDArray> =>
  values(rows * columns).chain(data =>
    fc.subarray(Array.from({ length: rows }, (_, row) => row)).map(empty => {
      for (const row of empty) data.fill(0, row * columns, (row + 1) * columns);
      return array([rows, columns], data);
    }),
  );

const size = fc.integer({ min: 1, max: 37 });

/** A matrix [m, k] and a right side [k, n], or a vector [k]. */
export const productOperands: fc.Arbitrary<{ matrix: NDArray; right: NDArray }> = fc
  .tuple(size, size, fc.constantFrom(undefined, 1, 3, 8))
  .chain(([rows, columns, n]) =>
    fc.record({
      matrix: matrixOf(rows, columns),
      right: fc
        .array(fc.integer({ min: -9, max: 9 }), { minLength: columns * (n ?? 1), maxLength: columns * (n ?? 1) })
        .map(data => array(n === undefined ? [columns] : [columns, n], data)),
    }),
  );

/** The obvious product. */
export function denseProduct(a: NDArray, b: NDArray): NDArray {
  const [rows, shared] = a.shape as [number, number];
  const n = b.shape[1] ?? 1;
  const data = new Float32Array(rows * n);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let k = 0; k < shared; k++) sum += (a.data[i * shared + k] as number) * (b.data[k * n + j] as number);
      data[i * n + j] = sum;
    }
  return array([rows, ...b.shape.slice(1)], data);
}

export const nonzeros = ({ data }: NDArray): number => [...data].filter(value => value !== 0).length;
