import { LabError } from '../tensor/errors.ts';

// Products of 32-bit integers are taken apart so that every part is exact in double precision: there are no 64-bit integers to be slow with.

/** A positive real number as integers: value ≈ multiplier · 2^(shift - 31), multiplier in [2^30, 2^31). */
export interface Multiplier {
  readonly multiplier: number;
  readonly shift: number;
}

/**
 * The multiplier and shift of a real number m ≥ 0: m = f · 2^shift with f in [0.5, 1), multiplier = round(f · 2^31), halves away from zero. Numbers below
 * 2^-32 become 0. Jacob et al. 2018, section 2.2; TensorFlow Lite's `QuantizeMultiplier`.
 * @throws LabError `deploy/multiplier` for a negative number, NaN, or one of 2^30 and more.
 * @example
 * fixedPoint(0.3); // → { multiplier: 1288490189, shift: -1 }
 */
export function fixedPoint(value: number): Multiplier {
  if (!(value >= 0) || value >= 2 ** 30)
    throw new LabError(
      'deploy/multiplier',
      `A factor between scales lies between 0 and 2^30; got ${value}.`,
      'Scales are positive finite numbers: was a layer calibrated with NaN, or with nothing?',
    );
  if (value === 0) return { multiplier: 0, shift: 0 };
  let shift = Math.max(-1074, Math.floor(Math.log2(value)) + 1);
  // log2 may round up to the next whole number
  while (value / 2 ** shift >= 1) shift++;
  while (value / 2 ** shift < 0.5) shift--;
  let multiplier = Math.round((value / 2 ** shift) * 2 ** 31);
  if (multiplier === 2 ** 31) {
    multiplier = 2 ** 30;
    shift++;
  }
  return shift < -31 ? { multiplier: 0, shift: 0 } : { multiplier, shift };
}

/**
 * round(a · b / 2^31) for 32-bit integers, halves up, negative ones too: -1.5 becomes -1; -2^31 · -2^31 saturates at 2^31 - 1. ARM's `SQRDMULH`, gemmlowp's
 * `SaturatingRoundingDoublingHighMul`.
 */
export function roundingHighProduct(a: number, b: number): number {
  if (a === -(2 ** 31) && b === -(2 ** 31)) return 2 ** 31 - 1;
  const top = a * (b >> 16);
  const bottom = a * (b & 0xffff);
  const nudge = top + bottom / 2 ** 16 >= 0 ? 2 ** 30 : 1 - 2 ** 30;
  const low = bottom + nudge;
  const carry = Math.floor(low / 2 ** 16);
  const high = top + carry;
  const floor = Math.floor(high / 2 ** 15);
  // the quotient is cut towards zero, so a negative one with a rest is one more than its floor
  const rest = high - floor * 2 ** 15 !== 0 || low - carry * 2 ** 16 !== 0;
  return high < 0 && rest ? floor + 1 : floor;
}

/** round(x / 2^exponent) for a 32-bit integer and an exponent from 0 to 31, halves away from zero; gemmlowp's `RoundingDivideByPOT`. */
export function roundingShift(x: number, exponent: number): number {
  if (exponent === 0) return x;
  const unit = 2 ** exponent;
  const floor = Math.floor(x / unit);
  const rest = x - floor * unit;
  return rest > unit / 2 - 1 + (x < 0 ? 1 : 0) ? floor + 1 : floor;
}

/**
 * x · multiplier · 2^(shift - 31) for a 32-bit x, rounded twice as TensorFlow Lite's reference kernels do: the product to the upper 32 bits, then the
 * shift to the right. A shift to the left comes first and wraps.
 */
export function scaled(x: number, multiplier: number, shift: number): number {
  const left = shift > 0 ? Math.imul(x, 2 ** shift) : x;
  return roundingShift(roundingHighProduct(left, multiplier), shift > 0 ? 0 : -shift);
}

/**
 * The same for a 64-bit accumulator, as int16 × int8 kernels do it: the multiplier is rounded to 16 bits first, and there is one rounding, halves up.
 * What does not fit into 32 bits wraps. TensorFlow Lite's `MultiplyByQuantizedMultiplier(int64_t, …)`. |x| < 2^47.
 */
export function scaledWide(x: number, multiplier: number, shift: number): number {
  const reduced = multiplier < 0x7fff0000 ? (multiplier + 2 ** 15) >> 16 : 0x7fff;
  const right = 15 - shift;
  const product = x * reduced;
  if (Math.abs(product) < 2 ** 52 && right < 53) return Math.floor((product + 2 ** (right - 1)) / 2 ** right) | 0;
  const exact = BigInt(x) * BigInt(reduced) + (1n << BigInt(right - 1));
  return Number(BigInt.asIntN(32, exact >> BigInt(right)));
}

/** The nearest of low … high. */
export function clamped(x: number, low: number, high: number): number {
  return x < low ? low : x > high ? high : x;
}
