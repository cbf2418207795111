import { LabError } from '../tensor/errors.ts';
import type { CsrMatrix } from './csr.ts';

/** A strip of the result, row `row`, columns [from, to), that one thread block computes. */
export interface RowTile {
  /** Row of the result. */
  readonly row: number;
  /** First column. */
  readonly from: number;
  /** Column behind the last one. */
  readonly to: number;
}

/** The strips of a product, and the values that they load: the sparse row once for each strip, then shared by its threads. */
export interface RowTiling {
  /** The strips, row by row. */
  readonly tiles: readonly RowTile[];
  /** Values of the sparse matrix loaded. */
  readonly sparseLoads: number;
  /** Values of the dense matrix loaded. */
  readonly denseLoads: number;
  /** Multiplications that lanes do for columns past the right border. */
  readonly idle: number;
}

/**
 * Hierarchical one-dimensional tiling of sparse [m, k] · dense [k, n]: thread blocks own strips of one row and `width` columns, whose threads share
 * the sparse row. Each row has its own block, so rows of unequal length do not meet; wider strips load the sparse matrix less often and waste
 * more lanes at the border. A model of the schedule, without a GPU. Source: Gale et al. 2020, §V.A (faster than dense from 71 % sparsity on).
 * @throws LabError `prune/tile` unless n and width are whole numbers from 1 on.
 * @example
 * const matrix = csr.encode(array([2, 3], [0, 5, 6, 0, 7, 0]));
 * const { tiles, sparseLoads } = rowTiling(matrix, { n: 6, width: 4 });
 * tiles; // → [{ row: 0, from: 0, to: 4 }, { row: 0, from: 4, to: 6 }, { row: 1, from: 0, to: 4 }, { row: 1, from: 4, to: 6 }]
 * sparseLoads; // → 3 * 2
 */
export function rowTiling(matrix: CsrMatrix, { n, width }: { readonly n: number; readonly width: number }): RowTiling {
  if (![n, width].every(size => Number.isInteger(size) && size >= 1))
    throw new LabError('prune/tile', `Strips are cut from 1 or more columns, 1 or more wide; got ${n} and ${width}.`, 'Try a width of 32.');
  const strips = Math.ceil(n / width);
  const tiles = Array.from({ length: matrix.shape[0] * strips }, (_, i) => {
    const from = (i % strips) * width;
    return { row: Math.floor(i / strips), from, to: Math.min(n, from + width) };
  });
  const nonzeros = matrix.values.length;
  return { tiles, sparseLoads: nonzeros * strips, denseLoads: nonzeros * n, idle: nonzeros * (strips * width - n) };
}
