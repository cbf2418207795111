import { sizeOf } from '../../../tensor/shape.ts';
import type { Conv2dStep } from '../../integer/conv2d.ts';
import type { Declared } from '../../integer/op.ts';
import { batched, constPointer, loops, placeOf, stridesOf } from '../c-text.ts';
import type { CStep, CWriter, Kernel } from '../kernel.ts';
import { storeOf } from '../store.ts';
import { sumsOf } from '../sums.ts';
import { axesOf, indexOf, overKernel } from './window.ts';

/** Convolution as it is defined: any type, stride, dilation, padding and number of groups. */
export const conv2d: Kernel<Conv2dStep> = {
  name: 'plain',
  fits: () => true,
  emit(step: CStep<Conv2dStep>, writer: CWriter): string {
    const { attributes, output } = step;
    const [x, weight] = step.inputs as readonly [Declared, Declared];
    const [batch = 1, height = 1, width = 1, channels = 1] = x.shape;
    const [out = 1, kernelHeight = 1, kernelWidth = 1, deep = 1] = weight.shape;
    const [, outHeight = 1, outWidth = 1] = output.shape;
    const sums = sumsOf(step, writer, { channels: out, channelOf: i => Math.floor(i / sizeOf(weight.shape.slice(1))) });
    const store = storeOf(attributes, writer, sums);
    const [down, across] = axesOf(x.shape, output.shape, { ...attributes, kernel: [kernelHeight, kernelWidth] });
    const group = channels === deep ? '' : ` + o / ${(out * deep) / channels} * ${deep}`;
    const places = overKernel(across, {
      index: 'j',
      place: 'column',
      at: 'right',
      body: `${constPointer(x, 'pixel')} = x + (down * ${width} + right) * ${channels}${group};
${constPointer(weight, 'w')} = ${sums.weight} + ${placeOf(['o', indexOf(down, 'i'), indexOf(across, 'j')], stridesOf(weight.shape))};
for (int c = 0; c < ${deep}; c++) ${sums.product('pixel[c]', 'w[c]', 'o')}`,
    });
    const text = loops(
      { row: outHeight, column: outWidth, o: out },
      `${sums.type} sum = ${sums.bias('o')};
${overKernel(down, { index: 'i', place: 'row', at: 'down', body: places })}
*y++ = ${store(sums.sum, 'o')};`,
    );
    return batched(batch, height * width * channels, text);
  },
};
