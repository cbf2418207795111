import fc from 'fast-check';
import { expect, test } from 'vitest';
import { channelsToKeep } from '../../../lib/compress/prune/channels/channels-to-keep.ts';
import { magnitudeMask } from '../../../lib/compress/prune/magnitude.ts';
import { prunedCount } from '../../../lib/model/sparsity.ts';
import { keptOf } from '../../../lib/search/kept.ts';
import { normal, random } from '../../../lib/tensor/random.ts';
import { roundedShare, shareOf } from '../../../lib/tensor/share.ts';

test('a share of two, three or four digits times a count is the decimal product, halves included', () => {
  fc.assert(
    fc.property(fc.constantFrom(100, 1000, 10_000), fc.nat(), fc.integer({ min: 1, max: 1_000_000 }), (unit, n, count) => {
      const numerator = n % (unit + 1);
      // whole numbers and remainders are exact
      const whole = Math.floor((numerator * count) / unit);
      const rest = (numerator * count) % unit;
      expect(roundedShare(numerator / unit, count)).toBe(whole + (2 * rest >= unit ? 1 : 0));
      expect(Math.floor(shareOf(numerator / unit, count))).toBe(whole);
      const kept = unit - numerator;
      expect(roundedShare(1 - numerator / unit, count)).toBe(Math.floor((2 * kept * count + unit) / (2 * unit)));
    }),
  );
});

test('everything that counts shares agrees on halves', () => {
  expect(channelsToKeep(15, 0.9)).toBe(2);
  expect(prunedCount(0.58, 25)).toBe(15);
  const mask = magnitudeMask(normal(random(1), [25, 1]), 0.58);
  expect((mask.data as Uint8Array).reduce((sum, kept) => sum + kept, 0)).toBe(10);
  const space = { units: { a: 15, b: 25 }, keep: () => ({}) as never };
  expect(keptOf(space, { a: 0.9, b: 0.42 })).toEqual({ a: 2, b: 15 });
});

test('what is no decimal stays what it is', () => {
  expect(roundedShare(1 / 3, 9)).toBe(3);
  expect(roundedShare(1 / 7, 1e12)).toBe(142857142857);
  expect(roundedShare(0, 10)).toBe(0);
  expect(roundedShare(1, 7)).toBe(7);
});
