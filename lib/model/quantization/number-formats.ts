import { array, type NDArray } from '../../tensor/array.ts';
import { decodeSmallFloat, encodeSmallFloat, exponentOf, largestCode, type SmallFloat } from '../../tensor/small-float.ts';

/**
 * A number format that everybody knows, whose codes are bit patterns: its code book follows from its name, and takes no storage.
 * All but the codes of NaN and the infinities are numbers.
 */
export interface NumberFormat {
  readonly name: NumberFormatName;
  readonly bits: number;
  /** The largest finite number. */
  readonly largest: number;
  /** float32 [2^bits]: the number of each code. Shared: must not be written to. */
  readonly entries: NDArray;
  /** The code of a number, not NaN: rounded as the format rounds, the largest number for more. */
  encode(x: number): number;
}

/** The small floating-point formats, IEEE 754 binary16, bfloat16, OCP 8-bit floating point (Micikevicius et al. 2022) and 4 bits in three ways. */
export const smallFloats: Readonly<Record<SmallFloatName, SmallFloat>> = {
  fp16: { name: 'fp16', exponentBits: 5, fractionBits: 10, bias: 15, special: 'ieee' },
  bf16: { name: 'bf16', exponentBits: 8, fractionBits: 7, bias: 127, special: 'ieee' },
  'fp8-e4m3': { name: 'fp8-e4m3', exponentBits: 4, fractionBits: 3, bias: 7, special: 'nan' },
  'fp8-e5m2': { name: 'fp8-e5m2', exponentBits: 5, fractionBits: 2, bias: 15, special: 'ieee' },
  'fp4-e1m2': { name: 'fp4-e1m2', exponentBits: 1, fractionBits: 2, bias: 0, special: 'none' },
  'fp4-e2m1': { name: 'fp4-e2m1', exponentBits: 2, fractionBits: 1, bias: 1, special: 'none' },
  'fp4-e3m0': { name: 'fp4-e3m0', exponentBits: 3, fractionBits: 0, bias: 3, special: 'none' },
};

/** Names of the small floating-point formats. */
export type SmallFloatName = 'fp16' | 'bf16' | 'fp8-e4m3' | 'fp8-e5m2' | 'fp4-e1m2' | 'fp4-e2m1' | 'fp4-e3m0';

const logarithmicBits = [2, 3, 4, 5, 6, 7, 8] as const;

/**
 * Names of formats whose code books take no storage: floating point; `log2-B`: 0 and signed powers of two up to 1 in B bits; `e8m0`: powers of two
 * from 2^-127 on; `e1m0`: 1 and ½, a shared exponent of one bit.
 */
export type NumberFormatName = SmallFloatName | `log2-${(typeof logarithmicBits)[number]}` | 'e8m0' | 'e1m0';

interface Codec {
  readonly bits: number;
  readonly largest: number;
  decode(code: number): number;
  encode(x: number): number;
}

const codecOf = (format: SmallFloat): Codec => ({
  bits: 1 + format.exponentBits + format.fractionBits,
  largest: decodeSmallFloat(largestCode(format), format),
  decode: code => decodeSmallFloat(code, format),
  encode: x => encodeSmallFloat(x, format, { saturate: true }),
});

/** A sign bit and m: 0 for m = 0, else 2^(m - M), M = 2^(bits-1) - 1 the largest m. Rounds log2 |x|, halves up; below the smallest power it is 0. */
function logarithmic(bits: number): Codec {
  const last = 2 ** (bits - 1) - 1;
  return {
    bits,
    largest: 1,
    decode: code => ((code & last) === 0 ? 0 : (code > last ? -1 : 1) * 2 ** ((code & last) - last)),
    encode(x) {
      const m = x === 0 ? 0 : Math.max(0, Math.min(last, last + Math.floor(Math.log2(Math.abs(x)) + 0.5)));
      return m + (x < 0 && m > 0 ? last + 1 : 0);
    },
  };
}

/** Powers of two from 2^-127 to 2^127, as the shared exponents of OCP microscaling; code 255 is NaN. Rounds up, so that nothing is clipped. */
const e8m0: Codec = {
  bits: 8,
  largest: 2 ** 127,
  decode: code => (code === 255 ? Number.NaN : 2 ** (code - 127)),
  encode: x => Math.max(0, Math.min(254, (x > 0 ? exponentOf(x) + (x === 2 ** exponentOf(x) ? 0 : 1) : -127) + 127)),
};

const e1m0: Codec = { bits: 1, largest: 1, decode: code => (code === 0 ? 1 : 0.5), encode: x => (x > 0.5 ? 0 : 1) };

const codecs: ReadonlyMap<string, Codec> = new Map<string, Codec>([
  ...Object.values(smallFloats).map(format => [format.name, codecOf(format)] as const),
  ...logarithmicBits.map(bits => [`log2-${bits}`, logarithmic(bits)] as const),
  ['e8m0', e8m0],
  ['e1m0', e1m0],
]);

const made = new Map<string, NumberFormat>();

/** Names of all number formats. */
export const numberFormatNames: readonly NumberFormatName[] = [...codecs.keys()] as NumberFormatName[];

/** The format of a name, or nothing. */
export function numberFormat(name: NumberFormatName): NumberFormat;
export function numberFormat(name: unknown): NumberFormat | undefined;
export function numberFormat(name: unknown): NumberFormat | undefined {
  const codec = codecs.get(name as string);
  if (!codec) return undefined;
  const known = made.get(name as string);
  if (known) return known;
  const { bits, largest, decode, encode } = codec;
  const entries = array(
    [2 ** bits],
    Float32Array.from({ length: 2 ** bits }, (_, code) => decode(code)),
  );
  const format: NumberFormat = Object.freeze({ name: name as NumberFormatName, bits, largest, entries, encode });
  made.set(name as string, format);
  return format;
}
