import type { TypedArray } from '../tensor/array.ts';

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

/** result[row, :] = Σ_p values[p] · right[column(p), :], summed in double precision; eight columns at a time, their sums in registers. */
export function accumulateRow(stored: StoredRow, operands: Operands, row: number): void {
  const { n, result } = operands;
  if (n === 1) {
    result[row] = dot(stored, operands.right);
    return;
  }
  let column = 0;
  for (; column + 7 < n; column += 8) eightColumns(stored, operands, { column, to: row * n + column });
  for (; column < n; column++) result[row * n + column] = oneColumn(stored, operands, column);
}

function eightColumns(
  { columns, first, values, from, to: end }: StoredRow,
  { right, n, result }: Operands,
  at: { column: number; to: number },
): void {
  const { column, to } = at;
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let s4 = 0;
  let s5 = 0;
  let s6 = 0;
  let s7 = 0;
  for (let p = from, c = first; p < end; p++, c++) {
    const value = values[p];
    const r = columns[c] * n + column;
    s0 += value * right[r];
    s1 += value * right[r + 1];
    s2 += value * right[r + 2];
    s3 += value * right[r + 3];
    s4 += value * right[r + 4];
    s5 += value * right[r + 5];
    s6 += value * right[r + 6];
    s7 += value * right[r + 7];
  }
  result[to] = s0;
  result[to + 1] = s1;
  result[to + 2] = s2;
  result[to + 3] = s3;
  result[to + 4] = s4;
  result[to + 5] = s5;
  result[to + 6] = s6;
  result[to + 7] = s7;
}

function oneColumn({ columns, first, values, from, to }: StoredRow, { right, n }: Operands, column: number): number {
  let sum = 0;
  for (let p = from, c = first; p < to; p++, c++) sum += values[p] * right[columns[c] * n + column];
  return sum;
}

/** Two sums, so that an addition does not wait for the one before it. */
function dot({ columns, first, values, from, to }: StoredRow, right: TypedArray): number {
  let even = 0;
  let odd = 0;
  let p = from;
  let c = first;
  for (; p + 1 < to; p += 2, c += 2) {
    even += values[p] * right[columns[c]];
    odd += values[p + 1] * right[columns[c + 1]];
  }
  if (p < to) even += values[p] * right[columns[c]];
  return even + odd;
}
