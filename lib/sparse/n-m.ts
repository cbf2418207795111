import { allocate, array, type NDArray, type TypedArray } from '../tensor/array.ts';
import { LabError } from '../tensor/errors.ts';
import { pack, unpackAt } from '../tensor/pack.ts';
import { accumulateRow } from './accumulate-row.ts';
import { matrixShape, type Product, productOf, rightColumns, type SparseFormat, type SparseMatrix } from './format.ts';

/** N:M packed rows: n values of every group of m columns, and the place of each within its group in ⌈log2 m⌉ bits, lowest bits first. */
export interface NmMatrix extends SparseMatrix {
  /** Values kept, group by group in each row. */
  readonly values: TypedArray;
  /** Places of the values within their groups, packed. */
  readonly indices: Uint8Array;
  /** Values kept in a group. */
  readonly n: number;
  /** Columns in a group. */
  readonly m: number;
}

const widthOf = (m: number): number => Math.ceil(Math.log2(m));

function encode(matrix: NDArray, { n, m }: { n: number; m: number }): NmMatrix {
  const [rows, columns] = matrixShape(matrix);
  const groups = Math.ceil(columns / m);
  const width = widthOf(m);
  const values = allocate(matrix.dtype, rows * groups * n);
  const places = new Uint8Array(values.length);
  for (let row = 0; row < rows; row++)
    for (let group = 0; group < groups; group++) {
      const start = (row * groups + group) * n;
      let count = 0;
      for (let i = 0; i < m && group * m + i < columns; i++) {
        const value = matrix.data[row * columns + group * m + i];
        if (value === 0) continue;
        if (count === n) throw notNm({ row, column: group * m, n, m });
        values[start + count] = value;
        places[start + count] = i;
        count++;
      }
    }
  // 1:1 has one place a group, which takes no bits
  const indices = width === 0 ? new Uint8Array(0) : pack(places, { bits: width });
  const stored = { values: values.length, indexBits: values.length * width };
  return { shape: [rows, columns], dtype: matrix.dtype, values, indices, n, m, stored };
}

function notNm({ row, column, n, m }: { row: number; column: number; n: number; m: number }): LabError {
  return new LabError(
    'prune/not-n-m',
    `${n}:${m} holds at most ${n} nonzeros in a group of ${m}; row ${row} has more from column ${column} on.`,
    'Prune with nmMask first, along the axis that becomes the columns: the inputs of a kernel.',
  );
}

/** Column of each stored value of a row; a filler has the value 0 and the first column of its group. */
function columnsInto(columns: Int32Array, { indices, n, m }: NmMatrix, row: number): void {
  const width = widthOf(m);
  const first = row * columns.length;
  for (let p = 0, start = 0; p < columns.length; start += m)
    for (let i = 0; i < n; i++, p++) columns[p] = start + (width === 0 ? 0 : unpackAt(indices, width, first + p));
}

const rowLength = ({ shape, n, m }: NmMatrix): number => Math.ceil(shape[1] / m) * n;

function decode(matrix: NmMatrix): NDArray {
  const [rows, width] = matrix.shape;
  const columns = new Int32Array(rowLength(matrix));
  const data = allocate(matrix.dtype, rows * width);
  for (let row = 0, p = 0; row < rows; row++) {
    columnsInto(columns, matrix, row);
    for (const column of columns) {
      const value = matrix.values[p++];
      if (value !== 0) data[row * width + column] = value;
    }
  }
  return array(matrix.shape, data, matrix.dtype);
}

function multiply(matrix: NmMatrix, right: NDArray): Product {
  const n = rightColumns(matrix, right);
  const operands = { right: right.data, n, result: new Float32Array(matrix.shape[0] * n) };
  const columns = new Int32Array(rowLength(matrix));
  const stored = { columns, first: 0, values: matrix.values, from: 0, to: columns.length };
  for (let row = 0; row < matrix.shape[0]; row++) {
    columnsInto(columns, matrix, row);
    accumulateRow(stored, operands, row);
    stored.from = stored.to;
    stored.to += columns.length;
  }
  return { value: productOf(operands.result, matrix, right), macs: matrix.values.length * n };
}

/**
 * N:M packed storage: of every m columns n values (0 where fewer are nonzero) and their places, ⌈log2 m⌉ bits each. 2:4 takes 1/1.78 of
 * dense 16-bit storage, 1/1.6 of 8-bit; its product does n / m of the multiplications. Source: Mishra et al. 2021, §2.
 * @throws LabError `prune/n-m` unless 1 ≤ n ≤ m ≤ 256; `encode` throws `prune/not-n-m` for a group with more than n nonzeros.
 * @example
 * const format = packedNm({ n: 2, m: 4 });
 * format.encode(array([1, 4], [0, 5, 0, 7])).indices; // → new Uint8Array([0b1101])
 */
export function packedNm({ n, m }: { readonly n: number; readonly m: number }): SparseFormat<NmMatrix> {
  const valid = Number.isInteger(n) && Number.isInteger(m) && 1 <= n && n <= m && m <= 256;
  if (!valid) throw new LabError('prune/n-m', `N:M packs n of every m values, 1 ≤ n ≤ m ≤ 256; got ${n}:${m}.`, 'Try { n: 2, m: 4 }.');
  return { name: `${n}:${m}`, encode: matrix => encode(matrix, { n, m }), decode, multiply };
}
