import { affine } from '../../../model/quantization/affine.ts';
import { LabError } from '../../../tensor/errors.ts';
import { roundHalfEven } from '../../../tensor/round.ts';
import type { Interval } from '../interval.ts';
import type { Format } from './format.ts';

/** A fixed-point format fixed<W, F>: two's complement of W bits, the last F of them behind the point. */
export interface FixedPoint {
  /** W, 2–16. */
  readonly bits: number;
  /** F; below 0 the last bit is worth more than 1, above W all numbers are small. */
  readonly fraction: number;
}

/** The codes of so many bits: -2^(W-1) … 2^(W-1) - 1. */
const codesOf = (bits: number): readonly [low: number, high: number] => [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1];

function assertBits(bits: number, fraction = 0): void {
  if (!(Number.isInteger(bits) && bits >= 2 && bits <= 16))
    throw new LabError('quantize/bits', `Fixed-point numbers have 2 to 16 bits; got ${bits}.`, 'One of them is the sign.');
  if (!(Number.isInteger(fraction) && Math.abs(fraction) <= 120))
    throw new LabError(
      'quantize/fraction',
      `The point stands a whole number of bits, up to 120, from the end; got ${fraction}.`,
      'Take 0 for whole numbers.',
    );
}

/**
 * The integer of the nearest fixed-point number, halves to even, saturated at the ends: clip(round(x · 2^F), -2^(W-1), 2^(W-1) - 1).
 * @throws LabError `quantize/bits`, `quantize/fraction`, `quantize/finite` for NaN.
 * @example
 * toFixedPoint(2.75, { bits: 8, fraction: 3 }); // → 0b00010_110
 */
export function toFixedPoint(x: number, { bits, fraction }: FixedPoint): number {
  assertBits(bits, fraction);
  if (Number.isNaN(x)) throw new LabError('quantize/finite', 'There is no fixed-point number for NaN.', 'Did training diverge?');
  const [low, high] = codesOf(bits);
  return Math.min(high, Math.max(low, roundHalfEven(x * 2 ** fraction))) + 0;
}

/**
 * The number of a fixed-point integer: q · 2^-F, exact.
 * @example
 * fromFixedPoint(0b00010_110, { bits: 8, fraction: 3 }); // → 2.75
 */
export function fromFixedPoint(q: number, { fraction }: FixedPoint): number {
  return q * 2 ** -fraction;
}

/**
 * The sum of two integers of the same format, saturated at its ends instead of wrapping.
 * @example
 * addFixedPoint(100, 100, { bits: 8, fraction: 3 }); // → 127
 */
export function addFixedPoint(a: number, b: number, { bits }: FixedPoint): number {
  const [low, high] = codesOf(bits);
  return Math.min(high, Math.max(low, a + b));
}

/**
 * The product of two integers of the same format: round(a · b · 2^-F), halves to even, saturated.
 * @example
 * multiplyFixedPoint(0b00010_110, 0b00001_100, { bits: 8, fraction: 3 }); // → 33
 */
export function multiplyFixedPoint(a: number, b: number, { bits, fraction }: FixedPoint): number {
  const [low, high] = codesOf(bits);
  return Math.min(high, Math.max(low, roundHalfEven(a * b * 2 ** -fraction)));
}

/**
 * Fixed-point numbers fixed<W, F>: integers with a scale that is a power of two, 2^-F, so that rescaling is shifting. Without F, each tile has the
 * largest with which the ends of its interval lie within the codes (dynamic fixed point, Gysel et al. 2016).
 * @throws LabError `quantize/bits`, `quantize/fraction`.
 */
export function fixedPointFormat({ bits, fraction }: { readonly bits: number; readonly fraction?: number }): Format {
  assertBits(bits, fraction);
  const [low, high] = codesOf(bits);
  const scaleOf = (interval: Interval): number => 2 ** -(fraction ?? fractionOf(interval, bits));
  return Object.freeze({
    name: `fixed<${bits}, ${fraction ?? 'F'}>`,
    bits,
    symmetric: true,
    low,
    high,
    snap(interval: Interval) {
      const scale = scaleOf(interval);
      return (x: number) => scale * Math.min(high, Math.max(low, roundHalfEven(x / scale)));
    },
    quantization: (intervals, { shape, tile }) => affine({ shape, bits, tile, scale: intervals.map(scaleOf) }),
  } satisfies Format);
}

/** The largest F with round(low · 2^F) ≥ -2^(W-1) and round(high · 2^F) ≤ 2^(W-1) - 1. */
function fractionOf({ low, high }: Interval, bits: number): number {
  if (low === 0 && high === 0) return bits - 1;
  const [first, last] = codesOf(bits);
  const fits = (fraction: number): boolean => roundHalfEven(low * 2 ** fraction) >= first && roundHalfEven(high * 2 ** fraction) <= last;
  let fraction = Math.min(120, bits - Math.floor(Math.log2(Math.max(-low, high))));
  while (!fits(fraction)) fraction--;
  return fraction;
}
