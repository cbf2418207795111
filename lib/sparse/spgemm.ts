import { LabError } from '../tensor/errors.ts';
import { type CsrMatrix, csrMatrix } from './csr.ts';

/**
 * SpGEMM: sparse A [m, k] · sparse B [k, n] → sparse [m, n], row by row (Gustavson 1978): row i is the sum of B's rows that A's row i names.
 * Multiplications: Σ over the nonzeros a_ik of the length of B's row k. Sums that cancel to 0 stay stored.
 * @throws LabError `prune/sparse-product` when A's columns are not B's rows.
 * @example
 * const a = csr.encode(array([2, 2], [1, 0, 0, 2]));
 * csr.decode(spGemm(a, a).value).data; // → new Float32Array([1, 0, 0, 4])
 */
export function spGemm(a: CsrMatrix, b: CsrMatrix): { readonly value: CsrMatrix; readonly macs: number } {
  const [rows, shared] = a.shape;
  const [bRows, width] = b.shape;
  if (shared !== bRows)
    throw new LabError(
      'prune/sparse-product',
      `[${a.shape.join(', ')}] · [${b.shape.join(', ')}] do not fit.`,
      'A has as many columns as B rows.',
    );
  const sums = new Float64Array(width);
  const seenIn = new Int32Array(width).fill(-1);
  const values: number[] = [];
  const columns: number[] = [];
  const pointers = new Int32Array(rows + 1);
  let macs = 0;
  for (let row = 0; row < rows; row++) {
    const touched: number[] = [];
    for (let p = a.pointers[row]; p < a.pointers[row + 1]; p++) {
      const k = a.columns[p];
      const end = b.pointers[k + 1];
      for (let q = b.pointers[k]; q < end; q++) {
        const column = b.columns[q];
        if (seenIn[column] !== row) {
          seenIn[column] = row;
          sums[column] = 0;
          touched.push(column);
        }
        sums[column] += a.values[p] * b.values[q];
        macs++;
      }
    }
    for (const column of touched.sort((x, y) => x - y)) {
      columns.push(column);
      values.push(sums[column]);
    }
    pointers[row + 1] = columns.length;
  }
  const parts = { values: Float32Array.from(values), columns: Int32Array.from(columns), pointers };
  return { value: csrMatrix({ shape: [rows, width], dtype: 'float32', ...parts }), macs };
}
