import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clamped, fixedPoint, roundingHighProduct, roundingShift, scaled, scaledWide } from '../../../lib/deploy/fixed-point.ts';
import { dividedByPower, highProduct, narrowScaled, partsOf, wideScaled } from './integer/plain-numbers.ts';

const ends = [0, 1, -1, 2 ** 30, -(2 ** 30), 2 ** 31 - 1, -(2 ** 31), 2 ** 16, -(2 ** 16), 2 ** 15, 0x7fff0000, 0x7fffffff];
const int32 = fc.oneof(fc.constantFrom(...ends), fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), fc.integer({ min: -300, max: 300 }));
const shift = fc.integer({ min: -31, max: 30 });
const runs = { numRuns: 20_000 };

describe('products and shifts of 32 bits', () => {
  it('round a product to its upper 32 bits, halves up', () => {
    fc.assert(
      fc.property(int32, int32, (a, b) => {
        expect(roundingHighProduct(a, b)).toEqual(Number(highProduct(BigInt(a), BigInt(b))) + 0);
      }),
      runs,
    );
    expect(roundingHighProduct(2 ** 30, 1)).toBe(1);
    expect(roundingHighProduct(-(2 ** 30), 1)).toBe(0);
    expect(roundingHighProduct(-(2 ** 30) - 1, 1) + 0).toBe(-1);
    expect(roundingHighProduct(-(2 ** 31), -(2 ** 31))).toBe(2 ** 31 - 1);
  });

  it('divide by powers of two, halves away from zero', () => {
    fc.assert(
      fc.property(int32, fc.integer({ min: 0, max: 31 }), (x, exponent) => {
        expect(roundingShift(x, exponent)).toBe(Number(dividedByPower(BigInt(x), BigInt(exponent))));
      }),
      runs,
    );
    expect([3, -3, 2, -2, 1, -1].map(x => roundingShift(x, 1))).toEqual([2, -2, 1, -1, 1, -1]);
    expect([5, 6, 7, -6].map(x => roundingShift(x, 2))).toEqual([1, 2, 2, -2]);
  });

  it('scale accumulators of 32 bits', () => {
    fc.assert(
      fc.property(int32, int32, shift, (x, multiplier, by) => {
        expect(scaled(x, multiplier, by) + 0).toBe(Number(narrowScaled(BigInt(x), BigInt(multiplier), BigInt(by))));
      }),
      runs,
    );
  });

  it('scale accumulators of 64 bits, with multipliers of 16', () => {
    const wide = fc.oneof(int32, fc.integer({ min: -(2 ** 47) + 1, max: 2 ** 47 - 1 }));
    fc.assert(
      fc.property(wide, int32, shift, (x, multiplier, by) => {
        expect(scaledWide(x, multiplier, by) + 0).toBe(Number(wideScaled(BigInt(x), BigInt(multiplier), BigInt(by))));
      }),
      runs,
    );
    // halves up; those of 32 bits go away from zero where a shift to the right makes them, and up where the product does
    expect([1, -1, 3, -3].map(x => scaledWide(x, 2 ** 30, 0))).toEqual([1, 0, 2, -1]);
    expect([1, -1, 3, -3].map(x => scaled(x, 2 ** 30, 0))).toEqual([1, 0, 2, -1]);
    expect([2, -2, 6, -6].map(x => scaled(x, 2 ** 30, -1))).toEqual([1, -1, 2, -2]);
  });
});

describe('multipliers of real numbers', () => {
  it('are the nearest of 31 bits, halves away from zero', () => {
    fc.assert(
      fc.property(fc.double({ min: 2 ** -31, max: 2 ** 30, maxExcluded: true, noNaN: true }), value => {
        const { multiplier, shift } = fixedPoint(value);
        expect(multiplier).toBeGreaterThanOrEqual(2 ** 30);
        expect(multiplier).toBeLessThan(2 ** 31);
        // |value · 2^(31 - shift) - multiplier| ≤ 1/2, times 2^1200 so that every part is whole
        const { mantissa, exponent } = partsOf(value);
        const scaledUp = (mantissa << (1200n + exponent)) << (31n - BigInt(shift) + 100n);
        const apart = scaledUp - (BigInt(multiplier) << 1300n);
        expect((apart < 0n ? -apart : apart) * 2n <= 1n << 1300n).toBe(true);
      }),
      { numRuns: 5000 },
    );
  });

  it.each([
    [0, 0, 0],
    [1, 2 ** 30, 1],
    [0.5, 2 ** 30, 0],
    [0.3, 1288490189, -1],
    [1 - 2 ** -53, 2 ** 30, 1],
    [2 ** -32, 2 ** 30, -31],
    [2 ** -33, 0, 0],
    [5e-324, 0, 0],
    [2 ** 30 - 1, 2 ** 31 - 2, 30],
  ])('%d', (value, multiplier, by) => {
    expect(fixedPoint(value)).toEqual({ multiplier, shift: by });
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 30, -5e-324])('%d is refused', value => {
    expect(() => fixedPoint(value)).toThrow(expect.objectContaining({ code: 'deploy/multiplier' }));
  });

  it('clamp', () => {
    expect([-5, -4, 0, 3, 4].map(x => clamped(x, -4, 3))).toEqual([-4, -4, 0, 3, 3]);
  });
});
