import fc from 'fast-check';
import { expect, it } from 'vitest';
import { channelRuns } from '../../../lib/tensor/channel-runs.ts';
import { perAxis, perGroup, perTensor, tileIndices } from '../../../lib/tensor/tiles.ts';

it.each([
  [[7, 5], perTensor([7, 5]), { outer: 1, channels: 1, inner: 35 }],
  [[], [], { outer: 1, channels: 1, inner: 1 }],
  [[3, 3, 16, 32], perAxis([3, 3, 16, 32], -1), { outer: 144, channels: 32, inner: 1 }],
  [[3, 3, 8, 2], [3, 3, 1, 1], { outer: 9, channels: 16, inner: 1 }],
  [[6, 4, 5], perAxis([6, 4, 5], 1), { outer: 6, channels: 4, inner: 5 }],
  [[6, 20], perAxis([6, 20], 0), { outer: 1, channels: 6, inner: 20 }],
  [[10, 64], perGroup([10, 64], 1, 16), { outer: 1, channels: 40, inner: 16 }],
  [[4, 8], [2, 8], { outer: 1, channels: 2, inner: 16 }],
])('shape %j in tiles %j', (shape, tile, expected) => {
  expect(channelRuns(shape, tile)).toEqual(expected);
});

it.each([
  ['groups that do not divide the axis', [10, 60], [1, 16]],
  ['groups along an axis with others behind it', [64, 10], [16, 1]],
  ['tiles on both sides of a whole axis', [4, 5, 6], [1, 5, 1]],
  ['an empty array', [0, 4], [1, 1]],
])('nothing for %s', (_, shape, tile) => {
  expect(channelRuns(shape, tile)).toBeUndefined();
});

it('every element is of the channel that its tile is', () => {
  const axis = fc.integer({ min: 1, max: 5 }).chain(length => fc.tuple(fc.constant(length), fc.integer({ min: 1, max: length })));
  let found = 0;
  fc.assert(
    fc.property(fc.array(axis, { maxLength: 4 }), axes => {
      const [shape, tile] = [axes.map(([length]) => length), axes.map(([, size]) => size)];
      const runs = channelRuns(shape, tile);
      if (!runs) return;
      found++;
      const { count, of } = tileIndices(shape, tile);
      expect(runs.channels).toBe(count);
      expect(runs.outer * runs.channels * runs.inner).toBe(of.length);
      expect([...of]).toEqual(Array.from(of, (_, i) => Math.floor(i / runs.inner) % runs.channels));
    }),
    { numRuns: 300 },
  );
  expect(found).toBeGreaterThan(50);
});
