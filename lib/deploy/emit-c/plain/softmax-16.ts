import { sizeOf } from '../../../tensor/shape.ts';
import type { Declared } from '../../integer/op.ts';
import type { SoftmaxStep } from '../../integer/softmax.ts';
import { exponentialTable, reciprocalTable } from '../../integer/tables-16.ts';
import { constPointer, loops } from '../c-text.ts';
import type { CStep, CWriter, Kernel } from '../kernel.ts';
import { operand } from './operand.ts';

const helper = `/* a table of 513 entries at a number of 16 bits, whose upper 9 bits choose the segment */
static inline int32_t interpolated(const int16 *table, int32_t x) {
  int32_t segment = (x >> 7) + 256;
  return table[segment] + (((table[segment + 1] - table[segment]) * (x & 127) + 64) >> 7);
}`;

/** Probabilities over the last axis of 16 bits, exponentials and the reciprocal from tables. Exponentials wait in the output. */
export const softmax16: Kernel<SoftmaxStep> = {
  name: 'plain',
  fits: ({ inputs: [x] }) => x?.type === 'int16',
  emit(step: CStep<SoftmaxStep>, writer: CWriter): string {
    const x = step.inputs[0] as Declared;
    const { multiplier, shift } = step.attributes;
    const length = x.shape.at(-1) as number;
    writer.helper('interpolated', helper);
    const [exponentials, reciprocals] = [
      writer.constant('exponentials', 'int16', exponentialTable()),
      writer.constant('reciprocals', 'int16', reciprocalTable()),
    ];
    return loops(
      { row: sizeOf(x.shape) / length },
      `${constPointer(x, 'in')} = ${operand(step, 0, writer)} + row * ${length};
int32_t largest = in[0];
for (int i = 1; i < ${length}; i++) if (in[i] > largest) largest = in[i];
uint32_t sum = 0;
for (int i = 0; i < ${length}; i++) {
  int32_t difference = scaled(in[i] - largest, ${multiplier}, ${shift});
  int32_t power = interpolated(${exponentials}, difference > 0 ? 32767 : clamped(difference, -65535, 0) + 32767);
  sum += (uint32_t)power;
  y[i] = power;
}
int headroom = sum == 0 ? 32 : __builtin_clz(sum);
int32_t shifted = (int32_t)(((sum << (headroom - 1)) + 8192u) >> 14);
int32_t reciprocal = interpolated(${reciprocals}, clamped(shifted - 98304, -32768, 32767));
int right = 31 - headroom;
for (int i = 0; i < ${length}; i++) {
  int32_t share = y[i] * reciprocal;
  y[i] = clamped(right > 0 ? (share + (1 << (right - 1))) >> right : share, 0, 32767);
}
y += ${length};`,
    );
  },
};
