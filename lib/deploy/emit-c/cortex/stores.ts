import type { ConvLayer } from './layer.ts';
import { clampText, signFree } from './requantize.ts';

/** Stores the sums of one output for some pixels; its rounding lies in `q` from `from` on, and `out` points to channel 0 of pixel 0 of the block. */
export function storesText(
  { store, out, left }: ConvLayer,
  sums: readonly string[],
  { from, at }: { readonly from: number; readonly at: number },
): string {
  const scale = (sum: string): string =>
    left === undefined
      ? `${signFree(store) ? 'scaled_positive' : 'scaled_signed'}(${sum}, multiplier, addend, right)`
      : `smmlar(${sum} << ${left}, multiplier, addend) >> right`;
  const lines = sums.map((sum, p) => `out[${p * out + at}] = (int8_t)${clampText(store, scale(sum))};`);
  return `    {
      int32_t multiplier = q[${from}], addend = q[${from + 1}], right = q[${from + 2}];
      ${lines.join('\n      ')}
    }`;
}
