import { sizeOf } from '../../../tensor/shape.ts';
import { divided, type MeanStep } from '../../integer/mean.ts';
import type { Declared } from '../../integer/op.ts';
import { loops, nest, placeOf, plus, stridesOf } from '../c-text.ts';
import type { CStep, CWriter, Kernel } from '../kernel.ts';
import { storeOf } from '../store.ts';

/** The mean over any axes. */
export const mean: Kernel<MeanStep> = {
  name: 'plain',
  fits: () => true,
  emit(step: CStep<MeanStep>, writer: CWriter): string {
    const { attributes, output } = step;
    const { shape } = step.inputs[0] as Declared;
    const strides = stridesOf(shape);
    const part = (inside: boolean): { readonly sizes: readonly number[]; readonly strides: readonly number[] } => {
      const axes = [...shape.keys()].filter(axis => attributes.axes.includes(axis) === inside);
      return { sizes: axes.map(axis => shape[axis] as number), strides: axes.map(axis => strides[axis] as number) };
    };
    const [kept, summed] = [part(false), part(true)];
    const factor = divided(attributes.multiplier[0] as number, attributes.shift[0] as number, sizeOf(shape) / sizeOf(output.shape));
    const store = storeOf({ ...attributes, multiplier: [factor.multiplier], shift: [factor.shift] }, writer);
    return nest(kept.sizes, at => {
      const names = summed.sizes.map((_, axis) => `j${axis}`);
      const place = [placeOf(at, kept.strides), placeOf(names, summed.strides)].filter(text => text !== '0').join(' + ') || '0';
      const sum = loops(
        Object.fromEntries(names.map((name, axis) => [name, summed.sizes[axis] as number])),
        `sum += (uint32_t)${plus(`(x[${place}]`, -attributes.inputZeroPoint)});`,
      );
      return `uint32_t sum = 0;\n${sum}\n*y++ = ${store('(int32_t)sum', '0')};`;
    });
  },
};
