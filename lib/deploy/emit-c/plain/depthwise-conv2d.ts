import type { Conv2dStep } from '../../integer/conv2d.ts';
import type { Declared } from '../../integer/op.ts';
import { batched, loops, placeOf, stridesOf } from '../c-text.ts';
import type { CStep, CWriter, Kernel } from '../kernel.ts';
import { storeOf } from '../store.ts';
import { sumsOf } from '../sums.ts';
import { axesOf, indexOf, overKernel } from './window.ts';

/** Depthwise convolution as it is defined: any type, stride, dilation, padding and multiplier. */
export const depthwiseConv2d: Kernel<Conv2dStep> = {
  name: 'plain',
  fits: ({ inPlace }) => !inPlace,
  emit(step: CStep<Conv2dStep>, writer: CWriter): string {
    const { attributes, output } = step;
    const [x, weight] = step.inputs as readonly [Declared, Declared];
    const [batch = 1, height = 1, width = 1, channels = 1] = x.shape;
    const [, kernelHeight = 1, kernelWidth = 1, out = 1] = weight.shape;
    const [, outHeight = 1, outWidth = 1] = output.shape;
    const sums = sumsOf(step, writer, { channels: out, channelOf: i => i % out });
    const store = storeOf(attributes, writer, sums);
    const [down, across] = axesOf(x.shape, output.shape, { ...attributes, kernel: [kernelHeight, kernelWidth] });
    const channel = out === channels ? 'o' : `o / ${out / channels}`;
    const places = overKernel(across, {
      index: 'j',
      place: 'column',
      at: 'right',
      body: sums.product(
        `x[(down * ${width} + right) * ${channels} + ${channel}]`,
        `${sums.weight}[${placeOf([indexOf(down, 'i'), indexOf(across, 'j'), 'o'], stridesOf(weight.shape.slice(1)))}]`,
        'o',
      ),
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
