import { sizeOf } from '../../../tensor/shape.ts';
import { bytesOf } from '../../element-types.ts';
import type { Declared } from '../../integer/op.ts';
import type { PasteStep } from '../../integer/paste.ts';
import { nest, placeOf, plus, stridesOf } from '../c-text.ts';
import type { CStep, CWriter, Kernel } from '../kernel.ts';
import { operand } from './operand.ts';

/** A patch put into a canvas: its rows alone where the canvas lies in place. */
export const paste: Kernel<PasteStep> = {
  name: 'plain',
  fits: () => true,
  emit(step: CStep<PasteStep>, writer: CWriter): string {
    const { inputs, output, inPlace } = step;
    const { shape, type } = inputs[1] as Declared;
    const [batch = 1, rows = 1, columns = 1, channels = 1] = shape;
    const to = stridesOf(output.shape);
    const start = step.attributes.at.reduce((sum, place, axis) => sum + place * (to[axis + 1] as number), 0);
    const around = inputs[0]
      ? `__builtin_memcpy(y, ${operand(step, 0, writer)}, ${bytesOf(output)});`
      : `__builtin_memset(y, 0, ${bytesOf(output)});`;
    const patch = operand(step, 1, writer);
    const copy = nest([batch, rows], at => {
      const target = plus(placeOf(at, to.slice(0, 2)), start);
      return `__builtin_memcpy(y + ${target}, ${patch} + ${placeOf(at, stridesOf(shape).slice(0, 2))}, ${bytesOf({ shape: [columns, channels], type })});`;
    });
    return inPlace || sizeOf(shape) === sizeOf(output.shape) ? copy : `${around}\n${copy}`;
  },
};
