import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sizeOf } from '../../../lib/tensor/shape.ts';
import { gridShape, perAxis, perGroup, perTensor, tileIndices, tileMap } from '../../../lib/tensor/tiles.ts';

/** The tile of every element, counted one by one: tiles in the order of their first index along each axis. */
function reference(shape: readonly number[], tile: readonly number[]): number[] {
  const found: number[] = [];
  const walk = (axis: number, before: number): void => {
    if (axis === shape.length) {
      found.push(before);
      return;
    }
    const [length, size] = [shape[axis] as number, tile[axis] as number];
    for (let i = 0; i < length; i++) walk(axis + 1, before * Math.ceil(length / size) + Math.floor(i / size));
  };
  walk(0, 0);
  return found;
}

const cases = fc
  .array(fc.integer({ min: 0, max: 6 }), { maxLength: 4 })
  .chain(shape => fc.tuple(fc.constant(shape), fc.tuple(...shape.map(length => fc.integer({ min: 1, max: Math.max(1, length) })))));

describe('the tile of every element', () => {
  it('is the reference, as a list and as rows and columns, for every shape and tile', () => {
    fc.assert(
      fc.property(cases, ([shape, tile]) => {
        const expected = reference(shape, tile);
        const { count, of } = tileIndices(shape, tile);
        expect(count).toBe(sizeOf(gridShape(shape, tile)));
        expect([...of]).toEqual(expected);
        const map = tileMap(shape, tile);
        expect([...map.rows].flatMap(row => [...map.columns].map(column => row + column))).toEqual(expected);
      }),
      { numRuns: 400, seed: 1 },
    );
  });

  it('by hand: [3, 5] in tiles [2, 2] is a grid [2, 3], smaller at the ends', () => {
    expect(gridShape([3, 5], [2, 2])).toEqual([2, 3]);
    expect([...tileIndices([3, 5], [2, 2]).of]).toEqual([0, 0, 1, 1, 2, 0, 0, 1, 1, 2, 3, 3, 4, 4, 5]);
    expect([...tileIndices([], []).of]).toEqual([0]);
  });

  it('as rows and columns takes little memory where several axes are long', () => {
    const { rows, columns } = tileMap([3, 3, 64, 128], [3, 3, 64, 1]);
    expect(rows.length + columns.length).toBe(3 * 3 * 64 + 128);
  });
});

describe('tiles by name', () => {
  it('one for the tensor, for each index of an axis, for each group of neighbours', () => {
    expect(perTensor([3, 0, 2])).toEqual([3, 1, 2]);
    expect(perTensor([])).toEqual([]);
    expect(perAxis([3, 3, 4, 8], 3)).toEqual([3, 3, 4, 1]);
    expect(perAxis([3, 3, 4, 8], -2)).toEqual([3, 3, 1, 8]);
    expect(perGroup([64, 8], 0, 16)).toEqual([16, 1]);
    expect(perGroup([64, 8], -1, 100)).toEqual([1, 8]);
  });

  it('always fit the shape that they are made for', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 4 }),
        fc.nat(),
        fc.integer({ min: 1, max: 9 }),
        (shape, pick, size) => {
          const axis = pick % shape.length;
          const length = shape[axis] as number;
          expect(sizeOf(gridShape(shape, perTensor(shape)))).toBe(sizeOf(shape) === 0 ? 0 : 1);
          expect(gridShape(shape, perAxis(shape, axis))[axis]).toBe(length);
          expect(gridShape(shape, perGroup(shape, axis, size))).toEqual(shape.with(axis, Math.ceil(length / size)));
        },
      ),
    );
  });

  it.each([
    ['a tile of another rank', () => gridShape([2, 3], [2]), 'shape/tile'],
    ['a tile longer than the axis', () => gridShape([2, 3], [2, 4]), 'shape/tile'],
    ['a tile of nothing', () => tileIndices([2, 3], [0, 3]), 'shape/tile'],
    ['half a tile', () => tileMap([2, 3], [1.5, 3]), 'shape/tile'],
    ['a tile that is no list', () => gridShape([2], 'x' as never), 'shape/tile'],
    ['an axis that is not there', () => perAxis([2, 3], 2), 'shape/axis'],
    ['half an axis', () => perGroup([2, 3], 0.5, 1), 'shape/axis'],
    ['a group of nobody', () => perGroup([2, 3], 0, 0), 'shape/tile'],
  ])('%s is refused', (_, run, code) => {
    expect(run).toThrow(expect.objectContaining({ code }));
  });
});
