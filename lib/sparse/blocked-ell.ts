import { allocate, array, type NDArray, type TypedArray } from '../tensor/array.ts';
import { LabError } from '../tensor/errors.ts';
import { accumulateRow } from './accumulate-row.ts';
import { matrixShape, type Product, productOf, rightColumns, type SparseFormat, type SparseMatrix } from './format.ts';

/**
 * Blocked ELL: every row of blocks holds the same number of blocks, the longest row's. `values` is [block rows · block, perRow · block];
 * `blockColumns` [block rows, perRow] says where each block stands, -1 for padding, which comes last.
 */
export interface BlockedEllMatrix extends SparseMatrix {
  /** [block rows · block, perRow · block], row-major, padding included. */
  readonly values: TypedArray;
  /** [block rows, perRow], row-major; -1 for padding. */
  readonly blockColumns: Int32Array;
  /** Blocks in every row of blocks. */
  readonly perRow: number;
  /** Side of a block. */
  readonly block: number;
}

const indexBits = 32;

/** Columns of blocks that hold a nonzero, for each row of blocks. */
function occupied({ data }: NDArray, [rows, columns]: readonly [number, number], block: number): number[][] {
  return Array.from({ length: Math.ceil(rows / block) }, (_, blockRow) => {
    const found = new Set<number>();
    for (let row = blockRow * block; row < Math.min(rows, (blockRow + 1) * block); row++)
      for (let column = 0; column < columns; column++) if (data[row * columns + column] !== 0) found.add(Math.floor(column / block));
    return [...found].sort((a, b) => a - b);
  });
}

function encode(matrix: NDArray, block: number): BlockedEllMatrix {
  const shape = matrixShape(matrix);
  const [rows, columns] = shape;
  const blocks = occupied(matrix, shape, block);
  const perRow = Math.max(0, ...blocks.map(row => row.length));
  const width = perRow * block;
  const values = allocate(matrix.dtype, blocks.length * block * width);
  const blockColumns = new Int32Array(blocks.length * perRow).fill(-1);
  for (const [blockRow, row] of blocks.entries()) blockColumns.set(row, blockRow * perRow);
  for (let row = 0; row < rows; row++)
    for (const [i, blockColumn] of blocks[Math.floor(row / block)].entries()) {
      const from = row * columns + blockColumn * block;
      values.set(matrix.data.subarray(from, from + Math.min(block, columns - blockColumn * block)), row * width + i * block);
    }
  const stored = { values: values.length, indexBits: blockColumns.length * indexBits };
  return { shape, dtype: matrix.dtype, values, blockColumns, perRow, block, stored };
}

/** Columns of the values of a row of blocks; returns how many. Past the right border, where values are 0, it is the last column. */
function columnsInto(columns: Int32Array, { shape, blockColumns, perRow, block }: BlockedEllMatrix, blockRow: number): number {
  let count = 0;
  for (let i = 0; i < perRow; i++) {
    const blockColumn = blockColumns[blockRow * perRow + i];
    if (blockColumn < 0) break;
    for (let j = 0; j < block; j++) columns[count++] = Math.min(blockColumn * block + j, shape[1] - 1);
  }
  return count;
}

function decode(matrix: BlockedEllMatrix): NDArray {
  const { shape, dtype, values, perRow, block } = matrix;
  const data = allocate(dtype, shape[0] * shape[1]);
  const columns = new Int32Array(perRow * block);
  for (let row = 0; row < shape[0]; row++) {
    const count = columnsInto(columns, matrix, Math.floor(row / block));
    for (let i = 0; i < count; i++) {
      const value = values[row * columns.length + i];
      if (value !== 0) data[row * shape[1] + columns[i]] = value;
    }
  }
  return array(shape, data, dtype);
}

function multiply(matrix: BlockedEllMatrix, right: NDArray): Product {
  const { shape, values, perRow, block } = matrix;
  const n = rightColumns(matrix, right);
  const operands = { right: right.data, n, result: new Float32Array(shape[0] * n) };
  const columns = new Int32Array(perRow * block);
  const stored = { columns, first: 0, values, from: 0, to: 0 };
  let macs = 0;
  for (let row = 0, count = 0; row < shape[0]; row++) {
    if (row % block === 0) count = columnsInto(columns, matrix, row / block);
    stored.from = row * columns.length;
    stored.to = stored.from + count;
    accumulateRow(stored, operands, row);
    macs += count * n;
  }
  return { value: productOf(operands.result, matrix, right), macs };
}

/**
 * Blocked ELL with blocks of `block` × `block`: one index a block, rows padded to the same number of blocks. Its product skips the padding.
 * Source: cuSPARSE's Blocked-ELL format (NVIDIA 2021).
 * @throws LabError `prune/block` unless `block` is a whole number from 1 on.
 * @example
 * const format = blockedEll(2);
 * format.encode(array([2, 4], [0, 0, 1, 0, 0, 0, 0, 2])).values; // → new Float32Array([1, 0, 0, 2])
 */
export function blockedEll(block: number): SparseFormat<BlockedEllMatrix> {
  if (!Number.isInteger(block) || block < 1)
    throw new LabError('prune/block', `A block is 1 × 1 or larger; got ${block}.`, 'Powers of two suit the hardware: 4, 8, 16.');
  return { name: `Blocked-ELL ${block}`, encode: matrix => encode(matrix, block), decode, multiply };
}
