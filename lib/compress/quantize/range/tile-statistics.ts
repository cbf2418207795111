import type { NDArray } from '../../../tensor/array.ts';
import { channelRuns } from '../../../tensor/channel-runs.ts';
import { channelExtremes } from '../../../tensor/native-quantize.ts';
import { type Shape, sizeOf } from '../../../tensor/shape.ts';
import { gridShape, type TileMap, tileMap } from '../../../tensor/tiles.ts';
import type { Statistics } from './range.ts';
import { extremeStatistics, statisticsOf } from './statistics.ts';

/** Statistics of each tile of a float32 value, tiles in row-major order. */
export function tileStatistics(value: NDArray, tile: Shape, where?: string): Statistics[] {
  const data = value.data as Float32Array;
  const count = sizeOf(gridShape(value.shape, tile));
  if (count <= 1) return [statisticsOf(data, { where })];
  const { rows, columns } = tileMap(value.shape, tile);
  const sizes = tileSizes({ rows, columns }, count);
  const tiles = Array.from(sizes, size => new Float32Array(size));
  const at = new Int32Array(count);
  let i = 0;
  for (const row of rows)
    for (const column of columns) {
      const t = row + column;
      (tiles[t] as Float32Array)[at[t] as number] = data[i++] as number;
      at[t] = (at[t] as number) + 1;
    }
  return tiles.map((values, t) => statisticsOf(values, { where: where && `${where}, tile ${t}` }));
}

/**
 * What `tileStatistics` finds of counts and extremes, in one pass and without a copy: all that `needs: 'extremes'` asks for.
 * @throws LabError `quantize/empty`, `quantize/finite`.
 */
export function tileExtremes(value: NDArray, tile: Shape, where?: string): Statistics[] {
  const data = value.data as Float32Array;
  const count = sizeOf(gridShape(value.shape, tile));
  if (data.length === 0) return [statisticsOf(data, { where })];
  const runs = channelRuns(value.shape, tile);
  const found = channelExtremes(data, runs);
  const { rows, columns } = tileMap(value.shape, tile);
  const { low, high, broken } = found ?? walkedExtremes(data, { rows, columns }, count);
  // says which value it is
  if (broken || low.includes(Number.NEGATIVE_INFINITY) || high.includes(Number.POSITIVE_INFINITY))
    return tileStatistics(value, tile, where);
  const sizes = tileSizes({ rows, columns }, count);
  return Array.from(sizes, (size, t) => extremeStatistics({ count: size, min: low[t] as number, max: high[t] as number }));
}

interface TileExtremes {
  readonly low: Float32Array;
  readonly high: Float32Array;
  readonly broken: boolean;
}

/** The least and the largest value of each tile without the sign of a zero, and whether NaN or -Infinity is among all. */
function walkedExtremes(data: Float32Array, { rows, columns }: TileMap, count: number): TileExtremes {
  const low = new Float32Array(count).fill(Number.POSITIVE_INFINITY);
  const high = new Float32Array(count).fill(Number.NEGATIVE_INFINITY);
  const { length } = columns;
  let broken = false;
  for (let r = 0, i = 0; r < rows.length; r++) {
    const row = rows[r] as number;
    for (let c = 0; c < length; c++, i++) {
      const t = row + (columns[c] as number);
      const x = data[i] as number;
      // NaN is no more than anything, too
      if (!(x >= (low[t] as number))) {
        low[t] = x;
        if (x - x !== 0) broken = true;
      }
      if (x > (high[t] as number)) high[t] = x;
    }
  }
  // adding 0 takes the sign of -0 off
  return { low: low.map(x => x + 0), high: high.map(x => x + 0), broken };
}

/** How many elements each tile has: those of its rows times those of its columns. */
function tileSizes({ rows, columns }: TileMap, count: number): Int32Array {
  const [ofRow, ofColumn] = [new Int32Array(count), new Int32Array(count)];
  for (const row of rows) ofRow[row] = (ofRow[row] as number) + 1;
  for (const column of columns) ofColumn[column] = (ofColumn[column] as number) + 1;
  const sizes = new Int32Array(count);
  const different = [...new Set(columns)];
  for (const row of new Set(rows))
    for (const column of different) sizes[row + column] = (ofRow[row] as number) * (ofColumn[column] as number);
  return sizes;
}
