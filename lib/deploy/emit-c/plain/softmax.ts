import { sizeOf } from '../../../tensor/shape.ts';
import type { Declared } from '../../integer/op.ts';
import type { SoftmaxStep } from '../../integer/softmax.ts';
import { constPointer, integerLiteral, loops } from '../c-text.ts';
import type { CStep, CWriter, Kernel } from '../kernel.ts';
import { operand } from './operand.ts';

/** Exponentials and reciprocals in fixed point, as gemmlowp has them: raw · 2^(i - 31) with i bits before the point. */
const fixedHelper = `/* a 64-bit number, the nearest that 32 bits hold */
static inline int32_t saturated(int64_t x) {
  return x < INT32_MIN ? INT32_MIN : x > INT32_MAX ? INT32_MAX : (int32_t)x;
}

/* round(a * b / 2^31), halves up; -2^31 * -2^31 saturates */
static inline int32_t product(int32_t a, int32_t b) {
  return saturated(((int64_t)a * b + (1 << 30)) >> 31);
}

/* e^a for a <= 0 with 5 bits before the point, as a number with none */
static inline int32_t exponential(int32_t a) {
  static const int32_t powers[7] = {1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242};
  if (a == 0) return INT32_MAX;
  int32_t part = (a & 0xffffff) - 0x1000000;
  uint32_t rest = (uint32_t)part - (uint32_t)a;
  int32_t x = part * 32 + (1 << 28);
  int32_t square = product(x, x);
  int32_t cube = product(square, x);
  int32_t fourth = rounding_shift(product(square, square), 2);
  int32_t tail = rounding_shift(product(fourth + cube, 715827883) + square, 1);
  int32_t result = saturated((int64_t)1895147668 + product(1895147668, x + tail));
  for (int i = 0; i < 7; i++)
    if (rest >> (24 + i) & 1) result = product(result, powers[i]);
  return result;
}

/* 1 / (1 + a) for 0 <= a < 1, both with no bit before the point: three steps of Newton's method */
static inline int32_t reciprocal_of_one_plus(int32_t a) {
  int32_t half = (int32_t)(((int64_t)a + INT32_MAX + 1) / 2);
  int32_t x = saturated((int64_t)1515870810 + product(half, -1010580540));
  for (int i = 0; i < 3; i++) x = saturated(x + (int64_t)saturated((int64_t)product(x, saturated((int64_t)(1 << 29) - product(half, x))) * 4));
  return saturated((int64_t)x * 2);
}`;

/** Probabilities over the last axis, from 8 bits to 8 or 16. */
export const softmax: Kernel<SoftmaxStep> = {
  name: 'plain',
  fits: ({ inputs: [x] }) => x?.type !== 'int16',
  emit(step: CStep<SoftmaxStep>, writer: CWriter): string {
    const x = step.inputs[0] as Declared;
    const { multiplier, shift, differenceMinimum } = step.attributes;
    const length = x.shape.at(-1) as number;
    const [first, bits] = step.output.type === 'int16' ? [-32768, 16] : step.output.type === 'uint8' ? [0, 8] : [-128, 8];
    writer.helper('fixed_point', fixedHelper);
    const scaled = `scaled(difference, ${multiplier}, ${shift})`;
    const smallest = integerLiteral(Math.max(-1000, Math.min(1000, differenceMinimum)));
    return loops(
      { row: sizeOf(x.shape) / length },
      `${constPointer(x, 'in')} = ${operand(step, 0, writer)} + row * ${length};
int32_t largest = in[0];
for (int i = 1; i < ${length}; i++) if (in[i] > largest) largest = in[i];
uint32_t sum = 0;
for (int i = 0; i < ${length}; i++) {
  int32_t difference = in[i] - largest;
  if (difference >= ${smallest}) sum += (uint32_t)rounding_shift(exponential(${scaled}), 12);
}
int headroom = sum == 0 ? 32 : __builtin_clz(sum);
int32_t factor = reciprocal_of_one_plus((int32_t)((sum << (headroom & 31)) - 0x80000000u));
for (int i = 0; i < ${length}; i++) {
  int32_t difference = in[i] - largest;
  int32_t value = ${first};
  if (difference >= ${smallest} && headroom >= ${12 - bits}) {
    int32_t unit = rounding_shift(high_product(exponential(${scaled}), factor), ${43 - bits} - headroom);
    value = clamped(unit, 0, ${2 ** bits - 1}) + ${integerLiteral(first)};
  }
  *y++ = value;
}`,
    );
  },
};
