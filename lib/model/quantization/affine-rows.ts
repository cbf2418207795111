import type { TileMap } from '../../tensor/tiles.ts';

/** The scale and, unless all are 0, the zero point of each tile. */
export interface AffineGrids {
  readonly scale: ArrayLike<number>;
  readonly zeroPoint?: ArrayLike<number>;
}

/**
 * Walks an array that is cut into tiles row by row of its tile map: `visit` is told the row's first element and the scale and the zero point of each
 * of its elements. Its arrays are written anew for the next row.
 */
export function affineRows(
  { scale, zeroPoint }: AffineGrids,
  { rows, columns }: TileMap,
  visit: (first: number, scales: Float64Array, zeroPoints: Float64Array) => void,
): void {
  const { length } = columns;
  const [scales, zeroPoints] = [new Float64Array(length), new Float64Array(length)];
  let known = -1;
  for (let r = 0; r < rows.length; r++) {
    const row = rows[r] as number;
    if (row !== known)
      for (let c = 0; c < length; c++) {
        const tile = row + (columns[c] as number);
        scales[c] = scale[tile] as number;
        if (zeroPoint) zeroPoints[c] = zeroPoint[tile] as number;
      }
    known = row;
    visit(r * length, scales, zeroPoints);
  }
}
