import { LabError } from './errors.ts';

/** A floating-point format of one sign bit, `exponentBits` and `fractionBits`, in this order from the highest bit on. */
export interface SmallFloat {
  readonly name: string;
  readonly exponentBits: number;
  readonly fractionBits: number;
  /** Subtracted from the stored exponent. */
  readonly bias: number;
  /** Which codes are no numbers. `ieee`: exponents of all ones, fraction 0 for an infinity. `nan`: all ones only. `none`: every code is a number. */
  readonly special: 'ieee' | 'nan' | 'none';
}

/** The largest finite number's code, without its sign. */
export function largestCode({ exponentBits, fractionBits, special }: SmallFloat): number {
  const all = 2 ** (exponentBits + fractionBits) - 1;
  return special === 'none' ? all : special === 'nan' ? all - 1 : all - 2 ** fractionBits;
}

/**
 * The number of a code: (-1)^s · (1 + f) · 2^(e - bias), f = fraction / 2^fractionBits; (-1)^s · f · 2^(1 - bias) where e = 0 (subnormal). Exact:
 * 0b0_1111_110 with 4 exponent bits, 3 fraction bits and bias 7 is 448.
 */
export function decodeSmallFloat(code: number, format: SmallFloat): number {
  const { exponentBits, fractionBits, bias, special } = format;
  const magnitude = code & (2 ** (exponentBits + fractionBits) - 1);
  const sign = code >> (exponentBits + fractionBits) ? -1 : 1;
  const exponent = magnitude >> fractionBits;
  const fraction = magnitude & (2 ** fractionBits - 1);
  if (magnitude > largestCode(format)) return special === 'ieee' && fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  const significand = exponent === 0 ? fraction : fraction + 2 ** fractionBits;
  return sign * significand * 2 ** (Math.max(1, exponent) - bias - fractionBits);
}

const bits = new DataView(new ArrayBuffer(8));

/** ⌊log2 x⌋ of a positive number, exact; -1074 and more for subnormal ones. */
export function exponentOf(x: number): number {
  bits.setFloat64(0, x);
  const exponent = (bits.getUint32(0) >>> 20) & 0x7ff;
  return exponent === 0 ? exponentOf(x * 2 ** 60) - 60 : exponent - 1023;
}

/**
 * The code of the nearest number, halves to the even code, rounded once from double precision. Beyond the largest number (and half a step more)
 * it is an infinity in `ieee` formats, NaN in `nan` formats, and the largest number in formats without either; with `saturate` always the largest.
 * NaN is the quiet NaN of the format.
 * @throws LabError `format/nan` for NaN in a format without it.
 */
export function encodeSmallFloat(x: number, format: SmallFloat, { saturate = false }: { readonly saturate?: boolean } = {}): number {
  const { exponentBits, fractionBits, bias, special, name } = format;
  const signBit = 2 ** (exponentBits + fractionBits);
  if (Number.isNaN(x)) {
    if (special === 'none')
      throw new LabError('format/nan', `${name} has no code for NaN.`, 'Every code of such a small format is a number.');
    return special === 'nan' ? signBit - 1 : largestCode(format) + 1 + 2 ** (fractionBits - 1);
  }
  const sign = x < 0 || Object.is(x, -0) ? signBit : 0;
  const size = Math.abs(x);
  const smallest = 1 - bias;
  const exponent = size === 0 ? smallest : Math.max(smallest, Math.min(exponentOf(size), 2 ** exponentBits));
  const steps = size * 2 ** (fractionBits - exponent);
  const whole = Math.floor(steps);
  const below = (exponent - smallest) * 2 ** fractionBits + whole;
  const rest = steps - whole;
  // what carries into the next power of two is its code as well
  const magnitude = rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
  const largest = largestCode(format);
  if (magnitude <= largest) return sign + magnitude;
  return sign + (saturate || special === 'none' ? largest : special === 'nan' ? signBit - 1 : largest + 1);
}
