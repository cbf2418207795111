import type { NumberFormatName } from '../../../model/quantization/number-formats.ts';
import { LabError } from '../../../tensor/errors.ts';
import type { Format } from './format.ts';
import { formatOfNumbers } from './number-format.ts';

/**
 * Powers of two with a sign, and 0: sign(r) · 2^round(log2 |r|), so that multiplying is shifting. b bits hold 2^(b-1) - 1 powers, down from
 * 2^round(log2 max |r|); what rounds to less than the smallest is 0, to more than the largest the largest. Miyashita et al. 2016, section 3.
 * @throws LabError `quantize/bits` unless 2 to 8 bits.
 * @example
 * const { value, quantization } = quantizeValue(array([4], [1, -0.3, 0.7, 0.01]), { format: logarithmicFormat({ bits: 3 }) });
 * realValue({ value, trainable: true, quantization }).data; // → new Float32Array([1, -0.25, 0.5, 0])
 */
export function logarithmicFormat({ bits }: { readonly bits: number }): Format {
  if (!(Number.isInteger(bits) && bits >= 2 && bits <= 8))
    throw new LabError(
      'quantize/bits',
      `Powers of two have 2 to 8 bits; got ${bits}.`,
      'Four bits are 7 powers of two with a sign, and 0.',
    );
  return formatOfNumbers(`log2-${bits}` as NumberFormatName, ({ low, high }) => {
    const largest = Math.max(-low, high);
    // the powers of two that float32 holds whole
    return largest === 0 ? 1 : 2 ** Math.max(-126, Math.min(127, Math.floor(Math.log2(largest) + 0.5)));
  });
}
