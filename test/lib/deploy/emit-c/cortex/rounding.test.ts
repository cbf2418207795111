import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { provenRounding, rounded, thresholds } from '../../../../../lib/deploy/emit-c/cortex/proven-rounding.ts';
import { roundingOf, signFree } from '../../../../../lib/deploy/emit-c/cortex/requantize.ts';
import { clamped } from '../../../../../lib/deploy/fixed-point.ts';
import { denseStore } from '../../../../../lib/deploy/integer/dense.ts';
import { requantizer } from '../../../../../lib/deploy/integer/requantize-attributes.ts';

const most = 2 ** 21;
const attributesOf = (multiplier: number, shift: number, outputZeroPoint: number) => ({
  multiplier: [multiplier],
  shift: [shift],
  outputZeroPoint,
  low: -128,
  high: 127,
});

/** Sums at both ends, around 0, and where roundings meet halves. */
function* sums(multiplier: number, shift: number): Generator<number> {
  for (let sum = -300; sum <= 300; sum++) yield sum;
  for (const sum of [-most, most, 1 - most, most - 1]) yield sum;
  const unit = 2 ** -shift * (2 ** 31 / multiplier);
  for (let half = -130; half <= 130; half++)
    for (let by = -3; by <= 3; by++) {
      const sum = Math.round((half + 0.5) * unit) + by;
      if (Math.abs(sum) <= most) yield sum;
    }
}

describe('roundings in five instructions', () => {
  it('are TensorFlow Lite’s two roundings at each half and around 0, for all shifts', () => {
    for (const multiplier of [2 ** 30, 2 ** 30 + 1, 1_288_490_189, 2 ** 31 - 1, 1_500_000_001])
      for (let shift = -30; shift <= -1; shift++)
        for (const zero of [-128, -1, 0, 5, 127]) {
          const attributes = attributesOf(multiplier, shift, zero);
          const rounding = roundingOf(attributes, 0, [-most, most]);
          if (!rounding) continue;
          const store = requantizer(attributes);
          for (const sum of sums(multiplier, shift)) {
            const value = (rounded(sum, rounding.multiplier, 1) + rounding.addend + (sum < 0 ? -1 : 0)) >> rounding.shift;
            if (clamped(value, -128, 127) !== store(sum, 0)) expect({ multiplier, shift, zero, sum, value }).toEqual(store(sum, 0));
          }
        }
  });

  it('need no sign where negative sums end at the zero point', () => {
    const attributes = { ...attributesOf(1_700_000_000, -8, -128), low: -128 };
    expect(signFree(attributes)).toBe(true);
    const { multiplier, addend, shift } = roundingOf(attributes, 0, [-most, most]) as { multiplier: number; addend: number; shift: number };
    for (const sum of sums(1_700_000_000, -8))
      expect(clamped((rounded(sum, multiplier, 1) + addend) >> shift, -128, 127)).toBe(requantizer(attributes)(sum, 0));
    expect(signFree(attributesOf(1_700_000_000, -8, 0))).toBe(false);
  });

  it('are that of one number where all sums of a channel come out alike, such as those without weights, whatever their bias', () => {
    const sums: readonly (readonly [number, number])[] = [
      [2 ** 30, 2 ** 30],
      [-(2 ** 30), -(2 ** 30)],
      [-1000, 900],
      [2 ** 31 - 1, 2 ** 31 - 1],
    ];
    for (const range of sums)
      for (const [multiplier, shift] of [
        [1_320_764_593, -27],
        [0, 0],
        [1_876_368_393, -31],
      ] as const) {
        const attributes = attributesOf(multiplier, shift, -128);
        const store = requantizer(attributes);
        const { addend, ...rest } = roundingOf(attributes, 0, range) as { multiplier: number; addend: number; shift: number };
        expect(rest).toEqual({ multiplier: 0, shift: 1 });
        for (const sign of [0, -1]) expect((addend + sign) >> 1, `${range} ${multiplier}`).toBe(store(range[0], 0));
      }
  });

  it('are none where numbers may leave 32 bits', () => {
    expect(roundingOf(attributesOf(2 ** 30, -5, 0), 0, [-(2 ** 30) - 1, 0])).toBeUndefined();
    expect(roundingOf(attributesOf(2 ** 30, 1, 0), 0, [-9, 9])).toBeUndefined();
    expect(roundingOf(attributesOf(2 ** 30, 0, 0), 0, [-9, 9])).toBeUndefined();
    expect(roundingOf(attributesOf(2 ** 30, -24, -128), 0, [-(2 ** 29), 2 ** 29])).toBeUndefined();
  });

  it('of sums too small to count are the zero point', () => {
    expect(roundingOf(attributesOf(1_400_000_000, -26, -128), 0, [-9999, 9999])).toEqual({ multiplier: 0, addend: -255, shift: 1 });
  });
});

describe('channels whose weights are all 0', () => {
  it('give one number, whatever their bias', () => {
    const attributes = attributesOf(1_320_764_593, -27, -128);
    for (const sum of [2 ** 30 - 64, 2 ** 30 + 128, -(2 ** 30) - 1])
      expect(roundingOf(attributes, 0, [sum, sum])).toEqual({ multiplier: 0, addend: 2 * requantizer(attributes)(sum, 0) + 1, shift: 1 });
  });
});

describe('roundings of real factors, proven', () => {
  it('equal the product in double precision, rounded once, for every sum', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-4, max: 0.5, noNaN: true }), fc.integer({ min: -128, max: 127 }), (factor, zero) => {
        const store = denseStore({ ...attributesOf(0, 0, zero), factor: [factor], inputZeroPoint: 0, weightZeroPoint: [0] });
        const wanted = { store: (sum: number) => store(sum, 0), range: [-40_000, 40_000] as const, factor, zero, low: -128, high: 127 };
        const found = provenRounding(wanted);
        if (!found) return;
        const [multiplier, left] = [BigInt(found.multiplier), BigInt(found.left)];
        for (let sum = -40_000; sum <= 40_000; sum += 7) {
          const high = Number(((BigInt(sum) << left) * multiplier + 2n ** 31n) >> 32n);
          if (clamped((high + found.addend) >> found.shift, -128, 127) !== store(sum, 0)) expect({ factor, zero, sum }).toBe('right');
        }
      }),
      { numRuns: 20 },
    );
  });

  it('are found for nearly all factors', () => {
    let found = 0;
    for (let i = 0; i < 40; i++) {
      const factor = 0.0004 * 1.17 ** i;
      const store = denseStore({ ...attributesOf(0, 0, 3), factor: [factor], inputZeroPoint: 0, weightZeroPoint: [0] });
      if (provenRounding({ store: sum => store(sum, 0), range: [-300_000, 300_000], factor, zero: 3, low: -128, high: 127 })) found++;
    }
    expect(found).toBeGreaterThan(35);
  });

  it('are none where exact halves go away from zero on both sides', () => {
    const factor = 0.7 * 2 ** -9;
    const store = denseStore({ ...attributesOf(0, 0, 3), factor: [factor], inputZeroPoint: 0, weightZeroPoint: [0] });
    expect([store(1280, 0), store(-1280, 0)]).toEqual([5, 1]);
    expect(
      provenRounding({ store: sum => store(sum, 0), range: [-300_000, 300_000], factor, zero: 3, low: -128, high: 127 }),
    ).toBeUndefined();
  });

  it('thresholds are the sums at which a value is reached first', () => {
    const wanted = {
      store: (sum: number) => clamped(Math.floor(sum / 10), -3, 3),
      range: [-25, 25] as const,
      factor: 0.1,
      zero: 0,
      low: -3,
      high: 3,
    };
    expect(thresholds(wanted)).toEqual([
      [-20, -2],
      [-10, -1],
      [0, 0],
      [10, 1],
      [20, 2],
    ]);
  });
});
