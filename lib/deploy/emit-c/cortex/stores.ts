import type { ConvLayer } from './layer.ts';
import { clampText, signFree } from './requantize.ts';

/** Stores the sums of one output for some pixels; its rounding lies in `q` from `from` on, and `out` points to channel 0 of pixel 0 of the block. */
export function storesText(
  { store, out, left, doubled = false }: ConvLayer,
  sums: readonly string[],
  { from, at }: { readonly from: number; readonly at: number },
): string {
  const positive = signFree(store);
  const rounded = doubled ? (positive ? 'scaled_double_positive' : 'scaled_double') : positive ? 'scaled_positive' : 'scaled_signed';
  const scale = (sum: string): string =>
    left === undefined ? `${rounded}(${sum}, multiplier, addend, right)` : `smmlar(${sum} << ${left}, multiplier, addend) >> right`;
  const lines = sums.map((sum, p) => `out[${p * out + at}] = (int8_t)${clampText(store, scale(sum))};`);
  return `    {
      int32_t multiplier = q[${from}], addend = q[${from + 1}], right = q[${from + 2}];
      ${lines.join('\n      ')}
    }`;
}
