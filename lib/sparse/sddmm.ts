import type { NDArray } from '../tensor/array.ts';
import { assertShape } from '../tensor/shape.ts';
import { type CsrMatrix, csrMatrix } from './csr.ts';

/**
 * SDDMM, sampled dense-dense product: left [m, k] · rightᵀ [k, n], computed only where `pattern` [m, n] stores a value: attention scores under
 * a sparse mask, gradients of a pruned weight. Multiplications: nonzeros · k. The pattern's values do not count.
 * @throws LabError `shape/mismatch` unless left is [m, k] and right [n, k].
 * @example
 * const corner = csr.encode(array([2, 2], [0, 1, 0, 0]));
 * sddmm(corner, array([2, 1], [3, 4]), array([2, 1], [5, 6])).value.values; // → new Float32Array([18])
 */
export function sddmm(pattern: CsrMatrix, left: NDArray, right: NDArray): { readonly value: CsrMatrix; readonly macs: number } {
  const { shape, columns, pointers } = pattern;
  const k = left.shape[1] ?? 0;
  assertShape('Left side of a sampled product', [shape[0], k], left.shape);
  assertShape('Right side of a sampled product, transposed', [shape[1], k], right.shape);
  const values = new Float32Array(columns.length);
  for (let row = 0; row < shape[0]; row++)
    for (let p = pointers[row]; p < pointers[row + 1]; p++) {
      const at = columns[p] * k;
      let sum = 0;
      for (let i = 0; i < k; i++) sum += left.data[row * k + i] * right.data[at + i];
      values[p] = sum;
    }
  return { value: csrMatrix({ shape, dtype: 'float32', values, columns, pointers }), macs: columns.length * k };
}
