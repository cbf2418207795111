import { allocate, array, type DType, type NDArray } from '../tensor/array.ts';
import { LabError } from '../tensor/errors.ts';

/** A matrix [rows, columns] in a form that leaves most zeros out. */
export interface SparseMatrix {
  /** Shape of the dense matrix. */
  readonly shape: readonly [rows: number, columns: number];
  /** Element type of the dense matrix. */
  readonly dtype: DType;
  /** What is stored: values (fillers and padding included), and bits that say where they stand (indices, pointers). */
  readonly stored: { readonly values: number; readonly indexBits: number };
}

/** A product and the multiplications it took: stored values · columns of the right side, where dense needs rows · columns of both. */
export interface Product {
  /** float32 [m, n], or [m] for a vector. */
  readonly value: NDArray;
  /** Multiplications, one for each stored value and column. */
  readonly macs: number;
}

/** A way to store a sparse matrix. `decode(encode(w))` is w, and `multiply` never meets a zero that is not stored. */
export interface SparseFormat<M extends SparseMatrix = SparseMatrix> {
  /** What tables and messages call it. */
  readonly name: string;
  /** @throws LabError `prune/sparse-matrix` unless `matrix` has two axes and is not packed int4. */
  encode(matrix: NDArray): M;
  /** The dense matrix again. */
  decode(matrix: M): NDArray;
  /**
   * A [m, k] · B [k, n] → float32 [m, n]; a vector [k] gives a vector [m].
   * @throws LabError `prune/sparse-product` when B does not have k rows.
   */
  multiply(matrix: M, right: NDArray): Product;
}

/**
 * Bytes of a sparse matrix in storage: ⌈(values · valueBits + index bits) / 8⌉, the index included. `valueBits` defaults to the dtype's;
 * after quantization give its bits.
 * @example
 * sparseBytes(eie.encode(array([4, 1], [0, 0, 7, 0])), { valueBits: 4 }); // → (1 * 4 + 1 * 4 + 2 * 32) / 8
 */
export function sparseBytes({ stored, dtype }: SparseMatrix, options: { readonly valueBits?: number } = {}): number {
  const valueBits = options.valueBits ?? 8 * allocate(dtype, 1).BYTES_PER_ELEMENT;
  return Math.ceil((stored.values * valueBits + stored.indexBits) / 8);
}

/** The size of a matrix that can be encoded: [rows, columns]. */
export function matrixShape({ shape, dtype }: NDArray): readonly [rows: number, columns: number] {
  if (shape.length === 2 && dtype !== 'int4') return [shape[0], shape[1]];
  throw new LabError(
    'prune/sparse-matrix',
    `A sparse format stores a matrix [rows, columns] of unpacked values; got shape [${shape.join(', ')}], ${dtype}.`,
    'kernelMatrix(kernel) turns a convolution or dense kernel into a matrix.',
  );
}

/** Columns n of the right side of a product: 1 for a vector. */
export function rightColumns({ shape: [rows, columns] }: SparseMatrix, right: NDArray): number {
  if (right.shape.length <= 2 && right.shape[0] === columns && right.dtype !== 'int4') return right.shape[1] ?? 1;
  throw new LabError(
    'prune/sparse-product',
    `A matrix [${rows}, ${columns}] multiplies [${columns}] or [${columns}, n]; got [${right.shape.join(', ')}].`,
    'The right side has one row for each column of the left.',
  );
}

/** The result of a product: [m, n], or [m] when the right side was a vector. */
export function productOf(values: Float32Array, { shape: [rows] }: SparseMatrix, right: NDArray): NDArray {
  return array([rows, ...right.shape.slice(1)], values);
}

/**
 * A kernel as the matrix that multiplies: one row an output, columns all that an output reads. Dense [in, out] → [out, in]; convolution
 * [kh, kw, in, out] → [out, kh · kw · in], its input's patches being the right side.
 * @throws LabError `prune/sparse-matrix` for fewer than two axes or packed int4.
 * @example
 * kernelMatrix(array([3, 2], [1, 2, 3, 4, 5, 6])).data; // → new Float32Array([1, 3, 5, 2, 4, 6])
 */
export function kernelMatrix(kernel: NDArray): NDArray {
  const outputs = kernel.shape.at(-1) ?? 1;
  const reads = kernel.shape.slice(0, -1).reduce((product, size) => product * size, 1);
  matrixShape(kernel.shape.length < 2 ? kernel : { ...kernel, shape: [reads, outputs] });
  const data = allocate(kernel.dtype, kernel.data.length);
  for (let o = 0, at = 0; o < outputs; o++) for (let r = 0; r < reads; r++) data[at++] = kernel.data[r * outputs + o];
  return array([outputs, reads], data, kernel.dtype);
}
