import { allocate, array, type NDArray, type TypedArray } from '../tensor/array.ts';
import { accumulateRow } from './accumulate-row.ts';
import { matrixShape, type Product, productOf, rightColumns, type SparseFormat, type SparseMatrix } from './format.ts';

/** Compressed sparse rows: row i holds values[pointers[i] … pointers[i + 1]) in `columns`, ascending. */
export interface CsrMatrix extends SparseMatrix {
  /** [nonzeros], row by row. */
  readonly values: TypedArray;
  /** [nonzeros], the column of each value. */
  readonly columns: Int32Array;
  /** [rows + 1], where each row begins in `values`. */
  readonly pointers: Int32Array;
}

const indexBits = 32;

/** The matrix of these rows, with what it takes in storage. */
export function csrMatrix(parts: Omit<CsrMatrix, 'stored'>): CsrMatrix {
  const { values, pointers } = parts;
  return { ...parts, stored: { values: values.length, indexBits: (values.length + pointers.length) * indexBits } };
}

function encode(matrix: NDArray): CsrMatrix {
  const [rows, width] = matrixShape(matrix);
  const { data, dtype } = matrix;
  let nonzeros = 0;
  for (let i = 0; i < data.length; i++) if (data[i] !== 0) nonzeros++;
  const values = allocate(dtype, nonzeros);
  const columns = new Int32Array(nonzeros);
  const pointers = new Int32Array(rows + 1);
  for (let row = 0, p = 0; row < rows; row++) {
    for (let column = 0; column < width; column++) {
      const value = data[row * width + column];
      if (value === 0) continue;
      values[p] = value;
      columns[p++] = column;
    }
    pointers[row + 1] = p;
  }
  return csrMatrix({ shape: [rows, width], dtype, values, columns, pointers });
}

function decode({ shape, dtype, values, columns, pointers }: CsrMatrix): NDArray {
  const [rows, width] = shape;
  const data = allocate(dtype, rows * width);
  for (let row = 0; row < rows; row++) for (let p = pointers[row]; p < pointers[row + 1]; p++) data[row * width + columns[p]] = values[p];
  return array(shape, data, dtype);
}

function multiply(matrix: CsrMatrix, right: NDArray): Product {
  const { shape, values, columns, pointers } = matrix;
  const n = rightColumns(matrix, right);
  const operands = { right: right.data, n, result: new Float32Array(shape[0] * n) };
  const stored = { columns, first: 0, values, from: 0, to: 0 };
  for (let row = 0; row < shape[0]; row++) {
    stored.first = stored.from = pointers[row];
    stored.to = pointers[row + 1];
    accumulateRow(stored, operands, row);
  }
  return { value: productOf(operands.result, matrix, right), macs: values.length * n };
}

/**
 * Compressed sparse rows: values, their columns, and where each row starts (32-bit indices). `multiply` is SpMV for a vector and SpMM for a
 * matrix: nonzeros · n multiplications.
 * @example
 * const { values, columns, pointers } = csr.encode(array([2, 3], [0, 5, 6, 0, 0, 0]));
 * [...values, ...columns, ...pointers]; // → [5, 6, 1, 2, 0, 2, 2]
 */
export const csr: SparseFormat<CsrMatrix> = { name: 'CSR', encode, decode, multiply };
