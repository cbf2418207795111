import { sizeOf } from '../../../tensor/shape.ts';
import type { DenseStep } from '../../integer/dense.ts';
import type { Declared } from '../../integer/op.ts';
import { loops } from '../c-text.ts';
import type { CStep, CWriter, Kernel } from '../kernel.ts';
import { roundedOnce } from '../rounded-once.ts';
import { storeOf } from '../store.ts';
import { sumsOf } from '../sums.ts';

/** A dense layer as it is defined, with either way to round. */
export const dense: Kernel<DenseStep> = {
  name: 'plain',
  fits: () => true,
  emit(step: CStep<DenseStep>, writer: CWriter): string {
    const { attributes, inputs } = step;
    const [x, weight] = inputs as readonly [Declared, Declared];
    const [out = 1, deep = 1] = weight.shape;
    const sums = sumsOf(step, writer, { channels: out, channelOf: i => Math.floor(i / deep) });
    const store = attributes.factor ? roundedOnce(attributes, writer, sums) : storeOf(attributes, writer, sums);
    const row = loops(
      { o: out },
      `${sums.type} sum = ${sums.bias('o')};
for (int i = 0; i < ${deep}; i++) ${sums.product('x[i]', `${sums.weight}[o * ${deep} + i]`, 'o')}
*y++ = ${store(sums.sum, 'o')};`,
    );
    const rows = sizeOf(x.shape) / deep;
    return rows === 1 ? row : `for (int row = 0; row < ${rows}; row++, x += ${deep}) {\n${row.replace(/^/gm, '  ')}\n}`;
  },
};
