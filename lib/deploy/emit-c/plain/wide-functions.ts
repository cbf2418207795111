import { sizeOf } from '../../../tensor/shape.ts';
import { sigmoidTable } from '../../integer/tables-16.ts';
import type { WideFunctionStep } from '../../integer/wide-functions.ts';
import { nest } from '../c-text.ts';
import type { CStep, CWriter, Kernel } from '../kernel.ts';
import { operand } from './operand.ts';

/** A function that the table of σ gives, from the sum that it interpolates for |x|. */
const wideFunction = (
  name: 'sigmoid' | 'tanh',
  {
    bits,
    beyond,
    positive,
    negative,
  }: { readonly bits: number; readonly beyond: number; readonly positive: string; readonly negative: string },
): Kernel<WideFunctionStep> => ({
  name: 'plain',
  fits: () => true,
  emit(step: CStep<WideFunctionStep>, writer: CWriter): string {
    const { multiplier, shift } = step.attributes;
    const table = writer.constant('sigmoids', 'int32', Array.from(sigmoidTable()));
    writer.helper(
      `${name}_16`,
      `/* ${name} of place >= 0 or below, from a table of sigmoids */
static inline int32_t ${name}_16(const int32 *table, int64_t place) {
  int64_t size = place < 0 ? -place : place;
  int64_t segment = size >> ${bits};
  int32_t rest = (int32_t)(size & ${2 ** bits - 1});
  int32_t sum = segment >= 255 ? ${beyond} : table[segment] * ${2 ** bits} + rest * (table[segment + 1] - table[segment]);
  return place >= 0 ? ${positive} : ${negative};
}`,
    );
    const x = operand(step, 0, writer);
    const half = shift > 0 ? ` + ${2 ** (shift - 1)}` : '';
    return nest(
      [sizeOf(step.output.shape)],
      ([i = '0']) => `y[${i}] = ${name}_16(${table}, ((int64_t)${x}[${i}] * ${multiplier}${half}) >> ${shift});`,
    );
  },
});

/** 1 / (1 + e^-x) of 16 bits. */
export const sigmoid: Kernel<WideFunctionStep> = wideFunction('sigmoid', {
  bits: 9,
  beyond: 0x7fff * 2 ** 10,
  positive: `(sum + 512) >> 10`,
  negative: `(${2 ** 25} - sum + 511) >> 10`,
});

/** The hyperbolic tangent of 16 bits. */
export const tanh: Kernel<WideFunctionStep> = wideFunction('tanh', {
  bits: 8,
  beyond: 0xffff * 2 ** 8,
  positive: `(sum - ${2 ** 23} + 128) >> 8`,
  negative: `(${2 ** 23} - sum + 127) >> 8`,
});
