import { allocate, array, type DType, type NDArray, type TypedArray } from '../tensor/array.ts';
import { LabError } from '../tensor/errors.ts';
import { matrixShape, productOf, rightColumns, type SparseFormat, type SparseMatrix } from './format.ts';

/** Values and the number of zeros before each, at most 2^indexBits - 1; a value 0 is a filler, put where a run of zeros is longer. */
export interface RelativeIndex {
  /** Stored values, fillers included. */
  readonly values: TypedArray;
  /** Zeros before each stored value. */
  readonly runs: Uint8Array;
}

/** EIE's compressed columns: column j is values[pointers[j] … pointers[j + 1]), with the run of zeros before each. */
export interface EieMatrix extends SparseMatrix, RelativeIndex {
  /** [columns + 1], where each column begins in `values`. */
  readonly pointers: Int32Array;
  /** Bits of a run of zeros. */
  readonly indexBits: number;
}

const pointerBits = 32;

/** Appends one column; `at(i)` is its i-th value. Zeros after the last nonzero leave no trace. */
function appendColumn(at: (i: number) => number, length: number, into: { values: number[]; runs: number[]; longest: number }): void {
  let end = length;
  while (end > 0 && at(end - 1) === 0) end--;
  for (let i = 0, run = 0; i < end; i++) {
    const value = at(i);
    if (value === 0 && run < into.longest) {
      run++;
      continue;
    }
    into.values.push(value); // 0 is a filler: it stands for itself and the zeros before it
    into.runs.push(run);
    run = 0;
  }
}

const packed = (values: readonly number[], dtype: DType): TypedArray => {
  const data = allocate(dtype, values.length);
  data.set(values);
  return data;
};

function assertIndexBits(bits: number): void {
  if (Number.isInteger(bits) && bits >= 1 && bits <= 8) return;
  throw new LabError('prune/index-bits', `A relative index takes 1 to 8 bits; got ${bits}.`, 'EIE uses 4.');
}

/**
 * One column in EIE's relative index: v the nonzero values, z how many zeros stand before each, in `indexBits` bits (4: at most 15); a
 * longer run gets filler zeros. Source: Han et al. 2016, EIE, §III.B.
 * @throws LabError `prune/index-bits` unless `indexBits` is 1 … 8.
 * @example
 * const column = [0, 0, 1, 2, ...new Array(18).fill(0), 3];
 * relativeIndex(column); // → { values: new Float32Array([1, 2, 0, 3]), runs: new Uint8Array([2, 0, 15, 2]) }
 */
export function relativeIndex(column: ArrayLike<number>, { indexBits = 4 }: { readonly indexBits?: number } = {}): RelativeIndex {
  assertIndexBits(indexBits);
  const into = { values: [] as number[], runs: [] as number[], longest: 2 ** indexBits - 1 };
  appendColumn(i => column[i], column.length, into);
  return { values: Float32Array.from(into.values), runs: Uint8Array.from(into.runs) };
}

function encode(matrix: NDArray, indexBits: number): EieMatrix {
  const [rows, columns] = matrixShape(matrix);
  const into = { values: [] as number[], runs: [] as number[], longest: 2 ** indexBits - 1 };
  const pointers = new Int32Array(columns + 1);
  for (let j = 0; j < columns; j++) {
    appendColumn(i => matrix.data[i * columns + j], rows, into);
    pointers[j + 1] = into.values.length;
  }
  const stored = { values: into.values.length, indexBits: into.runs.length * indexBits + pointers.length * pointerBits };
  const values = packed(into.values, matrix.dtype);
  return { shape: [rows, columns], dtype: matrix.dtype, values, runs: Uint8Array.from(into.runs), pointers, indexBits, stored };
}

function decode({ shape: [rows, columns], dtype, values, runs, pointers }: EieMatrix): NDArray {
  const data = allocate(dtype, rows * columns);
  for (let j = 0; j < columns; j++) {
    let row = -1;
    for (let p = pointers[j]; p < pointers[j + 1]; p++) {
      row += runs[p] + 1;
      data[row * columns + j] = values[p];
    }
  }
  return array([rows, columns], data, dtype);
}

function multiply(matrix: EieMatrix, right: NDArray): ReturnType<SparseFormat['multiply']> {
  const { shape, values, runs, pointers } = matrix;
  const n = rightColumns(matrix, right);
  const result = new Float32Array(shape[0] * n);
  for (let j = 0; j < shape[1]; j++) {
    let row = -1;
    for (let p = pointers[j]; p < pointers[j + 1]; p++) {
      row += runs[p] + 1;
      const value = values[p];
      for (let c = 0; c < n; c++) result[row * n + c] += value * right.data[j * n + c];
    }
  }
  return { value: productOf(result, matrix, right), macs: values.length * n };
}

/**
 * EIE's format with a relative index of `indexBits` bits: compressed columns, 4 index bits a value, 32 a column pointer. A narrower index
 * costs less for each value and more fillers (Deep Compression takes 8 bits for convolutions, 5 for dense layers).
 * @throws LabError `prune/index-bits` unless `indexBits` is 1 … 8.
 */
export function relativeIndexed(indexBits: number): SparseFormat<EieMatrix> {
  assertIndexBits(indexBits);
  return { name: `EIE, ${indexBits}-bit index`, encode: matrix => encode(matrix, indexBits), decode, multiply };
}

/**
 * EIE's compressed sparse columns with a 4-bit relative index (Han et al. 2016).
 * @example
 * const weight = array([3, 2], [0, 5, 0, 0, 7, 0]);
 * eie.decode(eie.encode(weight)).data; // → weight.data
 */
export const eie: SparseFormat<EieMatrix> = relativeIndexed(4);
