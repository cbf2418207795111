import { sizeOf } from '../../../tensor/shape.ts';
import type { Conv2dStep } from '../../integer/conv2d.ts';
import type { Declared } from '../../integer/op.ts';
import { batched, constPointer, loops } from '../c-text.ts';
import type { CStep, CWriter, Kernel } from '../kernel.ts';
import { storeOf } from '../store.ts';
import { sumsOf } from '../sums.ts';

/** Transposed convolution, each output gathered from the places of the input that reach it. */
export const conv2dTranspose: Kernel<Conv2dStep> = {
  name: 'plain',
  fits: () => true,
  emit(step: CStep<Conv2dStep>, writer: CWriter): string {
    const { attributes, output } = step;
    const [x, weight] = step.inputs as readonly [Declared, Declared];
    const [batch = 1, height = 1, width = 1, channels = 1] = x.shape;
    const [out = 1, kernelHeight = 1, kernelWidth = 1] = weight.shape;
    const [, outHeight = 1, outWidth = 1] = output.shape;
    const { strides, dilations, padding } = attributes;
    const sums = sumsOf(step, writer, { channels: out, channelOf: i => Math.floor(i / sizeOf(weight.shape.slice(1))) });
    const store = storeOf(attributes, writer, sums);
    const place = (name: string, at: string, [side, size]: readonly [0 | 1, number]): string =>
      `int ${name} = ${at} + ${padding[side]} - ${side === 0 ? 'i' : 'j'} * ${dilations[side]};
if (${name} < 0 || ${name} % ${strides[side]} != 0 || ${name} / ${strides[side]} >= ${size}) continue;`;
    const text = loops(
      { row: outHeight, column: outWidth, o: out },
      `${sums.type} sum = ${sums.bias('o')};
for (int i = 0; i < ${kernelHeight}; i++) {
  ${place('down', 'row', [0, height]).replace('\n', '\n  ')}
  for (int j = 0; j < ${kernelWidth}; j++) {
    ${place('right', 'column', [1, width]).replace('\n', '\n    ')}
    ${constPointer(x, 'pixel')} = x + (down / ${strides[0]} * ${width} + right / ${strides[1]}) * ${channels};
    ${constPointer(weight, 'w')} = ${sums.weight} + ((o * ${kernelHeight} + i) * ${kernelWidth} + j) * ${channels};
    for (int c = 0; c < ${channels}; c++) ${sums.product('pixel[c]', 'w[c]', 'o')}
  }
}
*y++ = ${store(sums.sum, 'o')};`,
    );
    return batched(batch, height * width * channels, text);
  },
};
