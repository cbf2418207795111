import { sizeOf } from '../../../tensor/shape.ts';
import type { Declared } from '../../integer/op.ts';
import type { DequantizeStep, QuantizeStep } from '../../integer/real-borders.ts';
import { integerLiteral, nest, plus, realLiteral } from '../c-text.ts';
import type { Kernel } from '../kernel.ts';
import { operand } from './operand.ts';

const single = (value: number): boolean => Math.fround(value) === value;

/** Options that let compilers multiply with 1 / scale instead of dividing change integers. */
const exactReals = `#ifdef __FAST_MATH__
#error "quantize and dequantize need exact divisions: compile without -ffast-math and -Ofast"
#endif`;

/** With integers of 32 bits, which hold every end that lies within 2^24, or of 64. */
const quantizedHelper = (
  name: string,
  type: string,
  most: string,
): string => `/* the nearest whole number, halves away from zero, and the zero point, between low and high; NaN is the zero point */
static inline int32_t ${name}(float x, int32_t zero, int32_t low, int32_t high) {
  if (x != x) return zero;
  float size = x < 0 ? -x : x;
  ${type} whole = size >= ${most}.0f ? (${type})${most} : (${type})size;
  if (size < ${most}.0f && size - (float)whole >= 0.5f) whole++;
  whole = (x < 0 ? -whole : whole) + zero;
  return whole < low ? low : whole > high ? high : (int32_t)whole;
}`;

/** Real numbers to integers. The quotient is that of double precision rounded to single, which single precision computes by itself for a scale of single precision. */
export const quantize: Kernel<QuantizeStep> = {
  name: 'plain',
  fits: () => true,
  emit(step, writer) {
    const { scale, outputZeroPoint, low, high } = step.attributes;
    const x = operand(step, 0, writer);
    const name = Math.max(Math.abs(low), Math.abs(high)) < 2 ** 24 ? 'quantized' : 'quantized_wide';
    const [type, most] = name === 'quantized' ? (['int32_t', '1073741824'] as const) : (['int64_t', '1099511627776'] as const);
    writer.helper('exact_reals', exactReals);
    writer.helper(name, quantizedHelper(name, type, most));
    const quotient = (i: string): string =>
      single(scale) ? `${x}[${i}] / ${realLiteral(scale, 'f')}` : `(float)((double)${x}[${i}] / ${realLiteral(scale)})`;
    const ends = [outputZeroPoint, low, high].map(integerLiteral).join(', ');
    return nest([sizeOf(step.output.shape)], ([i = '0']) => `y[${i}] = ${name}(${quotient(i)}, ${ends});`);
  },
};

/** Integers to real numbers: a difference of 17 bits times a scale of 24 is exact in double precision, so single precision rounds the same way. */
export const dequantize: Kernel<DequantizeStep> = {
  name: 'plain',
  fits: () => true,
  emit(step, writer) {
    const { scale, inputZeroPoint } = step.attributes;
    writer.helper('exact_reals', exactReals);
    const x = operand(step, 0, writer);
    const narrow = single(scale) && (step.inputs[0] as Declared).type !== 'int32';
    const product = (i: string): string =>
      narrow
        ? `${realLiteral(scale, 'f')} * (float)(${plus(`${x}[${i}]`, -inputZeroPoint)})`
        : `(float)(${realLiteral(scale)} * (double)(${plus(`(int64_t)${x}[${i}]`, -inputZeroPoint)}))`;
    return nest([sizeOf(step.output.shape)], ([i = '0']) => `y[${i}] = ${product(i)};`);
  },
};
