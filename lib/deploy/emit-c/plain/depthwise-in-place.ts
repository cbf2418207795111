import { bytesOf } from '../../element-types.ts';
import type { Conv2dStep } from '../../integer/conv2d.ts';
import type { Declared } from '../../integer/op.ts';
import { cTypes, integerLiteral, loops } from '../c-text.ts';
import type { CStep, CWriter, Kernel } from '../kernel.ts';
import { storeOf } from '../store.ts';
import { sumsOf } from '../sums.ts';

/** Rows and columns that the windows of a step reach over, the border with them. */
function reachOf({ inputs, output, attributes: { strides, dilations } }: CStep<Conv2dStep>): readonly [number, number] {
  const reach = (side: 0 | 1): number =>
    ((output.shape[side + 1] as number) - 1) * strides[side] + ((inputs[1]?.shape[side + 1] as number) - 1) * dilations[side] + 1;
  return [reach(0), reach(1)];
}

/** Depthwise convolution over its input: each channel is copied with its border, then its results take the places where it lay. Lin et al. 2020 (MCUNet). */
export const depthwiseInPlace: Kernel<Conv2dStep> = {
  name: 'plain-in-place',
  fits: ({ inPlace }) => inPlace,
  scratch: step => bytesOf({ shape: reachOf(step), type: (step.inputs[0] as Declared).type }),
  emit(step: CStep<Conv2dStep>, writer: CWriter): string {
    const { attributes, output } = step;
    const [x, weight] = step.inputs as readonly [Declared, Declared];
    const [, height = 1, width = 1, channels = 1] = x.shape;
    const [, kernelHeight = 1, kernelWidth = 1] = weight.shape;
    const [, outHeight = 1, outWidth = 1] = output.shape;
    const [tall, wide] = reachOf(step);
    const { strides, dilations, padding, inputZeroPoint } = attributes;
    const sums = sumsOf(step, writer, { channels, channelOf: i => i % channels });
    const store = storeOf(attributes, writer, sums);
    const place = `(row * ${strides[0]} + i * ${dilations[0]}) * ${wide} + column * ${strides[1]} + j * ${dilations[1]}`;
    const window = loops(
      { i: kernelHeight, j: kernelWidth },
      sums.product(`channel[${place}]`, `${sums.weight}[(i * ${kernelWidth} + j) * ${channels} + o]`, 'o'),
    );
    const copy = loops(
      { row: Math.min(height, tall - padding[0]), column: Math.min(width, wide - padding[1]) },
      `channel[(row + ${padding[0]}) * ${wide} + column + ${padding[1]}] = x[(row * ${width} + column) * ${channels} + o];`,
    );
    const sum = loops(
      { row: outHeight, column: outWidth },
      `${sums.type} sum = ${sums.bias('o')};\n${window}\ny[(row * ${outWidth} + column) * ${channels} + o] = ${store(sums.sum, 'o')};`,
    );
    return `${cTypes[x.type]} *channel = (${cTypes[x.type]} *)scratch;
for (int i = 0; i < ${tall * wide}; i++) channel[i] = ${integerLiteral(inputZeroPoint)};
${loops({ o: channels }, `${copy}\n${sum}`)}`;
  },
};
