import type { MatmulStep } from '../../integer/matmul.ts';
import type { Declared } from '../../integer/op.ts';
import { isWide } from '../../integer/values.ts';
import { loops, nest, placeOf, plus, stridesOf } from '../c-text.ts';
import type { CStep, CWriter, Kernel } from '../kernel.ts';
import { storeOf } from '../store.ts';
import { operand } from './operand.ts';

/** Matrix product over the last two axes, the axes before them stretched. */
export const matmul: Kernel<MatmulStep> = {
  name: 'plain',
  fits: () => true,
  emit(step: CStep<MatmulStep>, writer: CWriter): string {
    const { attributes, output, inputs } = step;
    const { transposeA, transposeB, aZeroPoint, bZeroPoint } = attributes;
    const [a, b] = inputs as readonly [Declared, Declared];
    const [m = 1, n = 1] = output.shape.slice(-2);
    const k = a.shape.at(transposeA ? -2 : -1) as number;
    const lead = output.shape.slice(0, -2);
    const wide = isWide(a);
    const cast = wide ? '(int64_t)' : '(uint32_t)';
    const type = wide ? 'int64_t' : 'uint32_t';
    const store = storeOf(attributes, writer, { wide });
    const base = (value: Declared, at: readonly string[]): string => {
      const own = stridesOf(value.shape);
      const skip = lead.length - (value.shape.length - 2);
      return placeOf(
        at,
        lead.map((_, axis) => (axis < skip || value.shape[axis - skip] === 1 ? 0 : (own[axis - skip] as number))),
      );
    };
    return nest(lead, at => {
      const left = `${operand(step, 0, writer)}[${base(a, at)} + ${transposeA ? `p * ${m} + i` : `i * ${k} + p`}]`;
      const right = `${operand(step, 1, writer)}[${base(b, at)} + ${transposeB ? `j * ${k} + p` : `p * ${n} + j`}]`;
      return loops(
        { i: m, j: n },
        `${type} sum = 0;
for (int p = 0; p < ${k}; p++) sum += ${cast}(${plus(left, -aZeroPoint)}) * ${cast}(${plus(right, -bZeroPoint)});
*y++ = ${store(wide ? 'sum' : '(int32_t)sum', '0')};`,
      );
    });
  },
};
