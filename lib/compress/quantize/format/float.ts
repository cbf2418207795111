import { numberFormat, type SmallFloatName, smallFloats } from '../../../model/quantization/number-formats.ts';
import { decodeSmallFloat, encodeSmallFloat, largestCode } from '../../../tensor/small-float.ts';
import type { Format } from './format.ts';
import { formatOfNumbers } from './number-format.ts';

/** How numbers become floating-point codes. */
export interface FloatFormatOptions {
  /** Whether each tile has a scale, max(|low|, |high|) / the largest number; default true for formats of 8 bits and less. */
  readonly scaled?: boolean;
}

/**
 * Small floating-point numbers, halves to even, the largest number for more (saturating): `fp16`, `bf16`, `fp8-e4m3`, `fp8-e5m2`, `fp4-e1m2`, `fp4-e2m1`,
 * `fp4-e3m0`. Micikevicius et al. 2022 (8 bits). Sizes count codes and scales: the numbers of the format follow from its name.
 * @example
 * const { value, quantization } = quantizeValue(array([3], [0.1, -1.3, 6]), { format: floatFormat('fp4-e2m1') });
 * realValue({ value, trainable: true, quantization }).data; // → new Float32Array([0, -1.5, 6])
 */
export function floatFormat(name: SmallFloatName, { scaled }: FloatFormatOptions = {}): Format {
  const { bits, largest } = numberFormat(name);
  if (!(scaled ?? bits <= 8)) return formatOfNumbers(name, undefined);
  return formatOfNumbers(name, ({ low, high }) => {
    const unit = Math.max(-low, high) / largest;
    return unit === 0 ? 1 : Math.max(Math.fround(unit), 2 ** -126);
  });
}

/**
 * The bit pattern of the nearest number of a format, halves to the even pattern, subnormal numbers included. More than the largest number and half a
 * step is an infinity in fp16, bf16 and fp8-e5m2, NaN in fp8-e4m3, which has no infinity, and the largest number in 4 bits. The numbers that ml_dtypes makes, and PyTorch, which
 * takes 448 where fp8-e4m3 ends.
 * @throws LabError `format/nan` for NaN in 4 bits.
 * @example
 * encodeFloat('fp16', 65504); // → 0x7bff
 * encodeFloat('fp8-e4m3', -0.3); // → 0b1_0101_010
 */
export function encodeFloat(name: SmallFloatName, x: number): number {
  return encodeSmallFloat(x, smallFloats[name]);
}

/**
 * The number of a bit pattern: (-1)^s · (1 + f) · 2^(e - bias), without the 1 for e = 0.
 * @example
 * decodeFloat('fp8-e5m2', 0b0_11110_11); // → 57344
 */
export function decodeFloat(name: SmallFloatName, code: number): number {
  return decodeSmallFloat(code, smallFloats[name]);
}

/**
 * All finite numbers of a format, ascending.
 * @example
 * floatNumbers('fp4-e2m1').filter(x => x >= 0); // → [0, 0.5, 1, 1.5, 2, 3, 4, 6]
 */
export function floatNumbers(name: SmallFloatName): readonly number[] {
  const format = smallFloats[name];
  const positive = Array.from({ length: largestCode(format) }, (_, i) => decodeSmallFloat(i + 1, format));
  return [...positive.map(x => -x).reverse(), 0, ...positive];
}
