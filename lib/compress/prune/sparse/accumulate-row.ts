import type { TypedArray } from '../../../tensor/array.ts';

/** The stored values of one row, values[from … to), and the column of each. */
export interface StoredRow {
  readonly columns: Int32Array;
  /** Where the row's first column stands in `columns`. */
  first: number;
  readonly values: TypedArray;
  from: number;
  to: number;
}

/** Right side [k, n] of a product and its result [m, n], row-major. */
export interface Operands {
  readonly right: TypedArray;
  readonly n: number;
  readonly result: Float32Array;
}

/** result[row, :] += Σ_p values[p] · right[column(p), :]. Four rows of the right side at a time: one pass over the result for four products. */
export function accumulateRow(stored: StoredRow, { right, n, result }: Operands, row: number): void {
  if (n === 1) {
    result[row] = dot(stored, right);
    return;
  }
  const { columns, first, values, from, to } = stored;
  const start = row * n;
  let p = from;
  let c = first;
  for (; p + 3 < to; p += 4, c += 4) {
    const [v0, v1, v2, v3] = [values[p] as number, values[p + 1] as number, values[p + 2] as number, values[p + 3] as number];
    const r0 = (columns[c] as number) * n;
    const r1 = (columns[c + 1] as number) * n;
    const r2 = (columns[c + 2] as number) * n;
    const r3 = (columns[c + 3] as number) * n;
    for (let j = 0; j < n; j++) {
      const sum = v0 * (right[r0 + j] as number) + v1 * (right[r1 + j] as number);
      result[start + j] = (result[start + j] as number) + sum + v2 * (right[r2 + j] as number) + v3 * (right[r3 + j] as number);
    }
  }
  for (; p < to; p++, c++) {
    const value = values[p] as number;
    const at = (columns[c] as number) * n;
    for (let j = 0; j < n; j++) result[start + j] = (result[start + j] as number) + value * (right[at + j] as number);
  }
}

/** Two sums, so that an addition does not wait for the one before it. */
function dot({ columns, first, values, from, to }: StoredRow, right: TypedArray): number {
  let even = 0;
  let odd = 0;
  let p = from;
  let c = first;
  for (; p + 1 < to; p += 2, c += 2) {
    even += (values[p] as number) * (right[columns[c] as number] as number);
    odd += (values[p + 1] as number) * (right[columns[c + 1] as number] as number);
  }
  if (p < to) even += (values[p] as number) * (right[columns[c] as number] as number);
  return even + odd;
}
