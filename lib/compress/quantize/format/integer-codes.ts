import { LabError } from '../../../tensor/errors.ts';

/** How bits stand for integers. */
export type IntegerCode = 'unsigned' | 'sign-magnitude' | 'twos-complement';

/** Which integers, in how many bits. */
export interface IntegerFormat {
  readonly code: IntegerCode;
  /** 1–32 for unsigned, 2–32 otherwise. */
  readonly bits: number;
}

/**
 * The smallest and the largest integer: unsigned 0 … 2^n - 1, sign-magnitude -(2^(n-1) - 1) … 2^(n-1) - 1, two's complement -2^(n-1) … 2^(n-1) - 1.
 * @throws LabError `quantize/bits`.
 * @example
 * integerRange({ code: 'twos-complement', bits: 8 }); // → [-128, 127]
 */
export function integerRange({ code, bits }: IntegerFormat): readonly [low: number, high: number] {
  const least = code === 'unsigned' ? 1 : 2;
  if (!(Number.isInteger(bits) && bits >= least && bits <= 32))
    throw new LabError('quantize/bits', `Integers (${code}) have ${least} to 32 bits; got ${bits}.`, 'Eight bits are usual.');
  const half = 2 ** (bits - 1);
  if (code === 'unsigned') return [0, 2 ** bits - 1];
  return [code === 'sign-magnitude' ? 1 - half : -half, half - 1];
}

/**
 * The bit pattern of an integer, as an unsigned number. Sign-magnitude has two patterns for 0: the one with sign is that of -0.
 * @throws LabError `quantize/bits`, `quantize/integer` for what is no integer of the format.
 * @example
 * encodeInteger(-49, { code: 'sign-magnitude', bits: 8 }); // → 0b1_0110001
 * encodeInteger(-49, { code: 'twos-complement', bits: 8 }); // → 0b11001111
 */
export function encodeInteger(value: number, format: IntegerFormat): number {
  const [low, high] = integerRange(format);
  if (!(Number.isInteger(value) && value >= low && value <= high))
    throw new LabError(
      'quantize/integer',
      `${format.bits} bits (${format.code}) hold integers from ${low} to ${high}; got ${value}.`,
      'Round and clamp first.',
    );
  const negative = value < 0 || Object.is(value, -0);
  if (!negative) return value;
  if (format.code === 'unsigned') return 0;
  return format.code === 'sign-magnitude' ? 2 ** (format.bits - 1) - value : (value + 2 ** format.bits) % 2 ** format.bits;
}

/**
 * The integer of a bit pattern.
 * @throws LabError `quantize/bits`, `quantize/integer` for a pattern of more bits.
 * @example
 * decodeInteger(0b11001111, { code: 'twos-complement', bits: 8 }); // → -49
 */
export function decodeInteger(pattern: number, format: IntegerFormat): number {
  const { code, bits } = format;
  integerRange(format);
  if (!(Number.isInteger(pattern) && pattern >= 0 && pattern < 2 ** bits))
    throw new LabError(
      'quantize/integer',
      `A pattern of ${bits} bits lies between 0 and ${2 ** bits - 1}; got ${pattern}.`,
      'Mask it first.',
    );
  const half = 2 ** (bits - 1);
  if (code === 'unsigned' || pattern < half) return pattern;
  return code === 'sign-magnitude' ? half - pattern || -0 : pattern - 2 ** bits;
}
