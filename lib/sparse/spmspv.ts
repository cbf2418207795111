import { array, type NDArray } from '../tensor/array.ts';
import { LabError } from '../tensor/errors.ts';
import type { CsrMatrix } from './csr.ts';
import type { Product } from './format.ts';

/**
 * SpMSpV: vector [rows] · A [rows, columns] → [columns], for the nonzeros of the vector only: a dense layer whose input is sparse, after a
 * ReLU. Multiplications: Σ nonzeros of row i over the i with x_i ≠ 0.
 * @throws LabError `prune/sparse-product` when the vector does not have as many values as A has rows.
 * @example
 * spMSpV(array([2], [0, 3]), csr.encode(array([2, 2], [1, 1, 0, 2]))); // → { value: array([2], [0, 6]), macs: 1 }
 */
export function spMSpV(vector: NDArray, { shape, values, columns, pointers }: CsrMatrix): Product {
  const [rows, width] = shape;
  if (vector.shape.length !== 1 || vector.shape[0] !== rows)
    throw new LabError(
      'prune/sparse-product',
      `A vector [${rows}] multiplies a matrix [${rows}, ${width}] from the left; got [${vector.shape.join(', ')}].`,
      'Give one value for each row.',
    );
  const result = new Float32Array(width);
  let macs = 0;
  for (let row = 0; row < rows; row++) {
    const x = vector.data[row];
    if (x === 0) continue;
    const end = pointers[row + 1];
    for (let p = pointers[row]; p < end; p++) {
      const column = columns[p];
      result[column] += x * values[p];
      macs++;
    }
  }
  return { value: array([width], result), macs };
}
