import { LabError } from './errors.ts';
import { resolvedAxis, type Shape, sizeOf } from './shape.ts';

// A granularity is a tile: a box of the array's rank. The array is cut into such boxes from index 0 on, smaller ones at the end of an axis, and
// what belongs to a tile (a scale, a score …) stands in an array of the grid's shape.

/**
 * Shape of the grid of tiles: ⌈shape[a] / tile[a]⌉ along axis a.
 * @throws LabError `shape/tile` unless the tile has the array's rank and 1 ≤ tile[a] ≤ shape[a] (1 on an empty axis), whole numbers.
 */
export function gridShape(shape: Shape, tile: Shape): Shape {
  const valid =
    Array.isArray(tile) &&
    tile.length === shape.length &&
    shape.every((length, axis) => Number.isInteger(tile[axis]) && tile[axis] >= 1 && tile[axis] <= Math.max(1, length));
  if (!valid)
    throw new LabError(
      'shape/tile',
      `A tile of an array of shape [${shape.join(', ')}] has as many axes, each from 1 to the array's; got [${String(tile)}].`,
      'perTensor(shape), perAxis(shape, axis) and perGroup(shape, axis, size) give tiles.',
    );
  return shape.map((length, axis) => Math.ceil(length / (tile[axis] as number)));
}

/** One tile: the whole array. */
export function perTensor(shape: Shape): Shape {
  return shape.map(length => Math.max(1, length));
}

/**
 * A tile for each index of an axis (negative counts from the end), whole along all others.
 * @throws LabError `shape/axis` for an axis that the shape lacks.
 * @example
 * perAxis([3, 3, 16, 32], -1); // → [3, 3, 16, 1]
 */
export function perAxis(shape: Shape, axis: number): Shape {
  return perTensor(shape).with(assertAxis(shape, axis), 1);
}

/**
 * Tiles of `size` neighbours along an axis (negative counts from the end), single along all others; longer than the axis means all of it.
 * @throws LabError `shape/axis` for an axis that the shape lacks, `shape/tile` unless size is a whole number from 1 on.
 * @example
 * perGroup([256, 10], 0, 64); // → [64, 1]
 */
export function perGroup(shape: Shape, axis: number, size: number): Shape {
  const along = assertAxis(shape, axis);
  if (!Number.isInteger(size) || size < 1)
    throw new LabError('shape/tile', `A group has a whole number of neighbours, 1 or more; got ${size}.`, 'Usual are 16, 64 and 128.');
  return shape.map((length, i) => (i === along ? Math.min(size, Math.max(1, length)) : 1));
}

function assertAxis(shape: Shape, axis: number): number {
  const found = resolvedAxis(shape, axis);
  if (found !== undefined) return found;
  throw new LabError(
    'shape/axis',
    `An array of shape [${shape.join(', ')}] has no axis ${axis}.`,
    `It has ${shape.length} axes, from 0 on.`,
  );
}

/**
 * The tile of every element, in two short lists: element i = r · columns.length + c lies in tile rows[r] + columns[c], tiles counted in
 * row-major order of the grid. No list of the array's size is made.
 */
export interface TileMap {
  readonly rows: Int32Array;
  readonly columns: Int32Array;
}

/**
 * The tile of every element of an array, see `TileMap`. O(√size) memory where the axes allow it.
 * @throws LabError `shape/tile` for a tile that does not fit the shape.
 */
export function tileMap(shape: Shape, tile: Shape): TileMap {
  const grid = gridShape(shape, tile);
  const lengths = shape.map((_, axis) => sizeOf(shape.slice(0, axis)) + sizeOf(shape.slice(axis)));
  // the first of the axes between which rows and columns together are shortest
  const at = Math.max(0, lengths.indexOf(Math.min(...lengths)));
  const part = (from: number, to: number): Int32Array =>
    indices(shape.slice(from, to), { tile: tile.slice(from, to), grid: grid.slice(from, to) });
  const below = sizeOf(grid.slice(at));
  return { rows: part(0, at).map(row => row * below), columns: part(at, shape.length) };
}

/**
 * The tile that each element lies in, tiles counted in row-major order of the grid.
 * @throws LabError `shape/tile` for a tile that does not fit the shape.
 */
export function tileIndices(shape: Shape, tile: Shape): { readonly count: number; readonly of: Int32Array } {
  const grid = gridShape(shape, tile);
  return { count: sizeOf(grid), of: indices(shape, { tile, grid }) };
}

function indices(shape: Shape, { tile, grid }: { readonly tile: Shape; readonly grid: Shape }): Int32Array {
  let of = Int32Array.of(0);
  for (const [axis, length] of shape.entries()) {
    const place = Int32Array.from({ length }, (_, j) => Math.floor(j / (tile[axis] as number)));
    const next = new Int32Array(of.length * length);
    for (let i = 0, at = 0; i < of.length; i++) {
      const first = (of[i] as number) * (grid[axis] as number);
      for (let j = 0; j < length; j++) next[at++] = first + (place[j] as number);
    }
    of = next;
  }
  return of;
}
