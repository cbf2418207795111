import { sizeOf } from '../../tensor/shape.ts';
import { assertSlides, type Conv2dStep, slidingKinds } from './conv2d.ts';
import type { IntegerOp } from './op.ts';
import { refuseStep } from './refuse.ts';
import { requantizer } from './requantize-attributes.ts';
import { assertSums } from './sums.ts';
import { biasOf, image, isWide, numbersOf, weightOf } from './values.ts';

/**
 * Depthwise convolution of [n, h, w, c] with a kernel [1, k_h, k_w, c · m] and an optional bias [c · m]: output channel o reads input channel
 * ⌊o / m⌋ alone, else as `conv2d`.
 */
export const depthwiseConv2d: IntegerOp<'depthwise-conv2d', Conv2dStep> = {
  name: 'depthwise-conv2d',
  arity: [2, 3],
  attributes: slidingKinds,
  check(values) {
    const { inputs, outputs, where } = values;
    const x = image(where, inputs[0]);
    const y = image(where, outputs[0]);
    const { shape } = weightOf(where, inputs[1], 4);
    const out = shape[3] as number;
    if (shape[0] !== 1 || out % x.shape[3] !== 0)
      refuseStep(where, `expected a kernel [1, h, w, a multiple of ${x.shape[3]}]; got [${shape}].`);
    if (y.shape[3] !== out || y.shape[0] !== x.shape[0])
      refuseStep(where, `expected an output of ${x.shape[0]} images and ${out} channels; got [${y.shape}].`);
    assertSums(values, out);
    assertSlides(values);
  },
  macs: ({ inputs, outputs, where }) => sizeOf(image(where, outputs[0]).shape) * sizeOf(weightOf(where, inputs[1], 4).shape.slice(1, 3)),
  run({ inputs, outputs, attributes, where }) {
    const x = image(where, inputs[0]);
    const [batch, height, width, channels] = x.shape;
    const [, outHeight, outWidth, out] = image(where, outputs[0]).shape;
    const [, kernelHeight, kernelWidth] = weightOf(where, inputs[1], 4).shape as readonly [number, number, number, number];
    const { strides, dilations, padding, inputZeroPoint, weightZeroPoint } = attributes;
    const data = numbersOf(inputs[0]);
    const weight = numbersOf(inputs[1]);
    const bias = biasOf(inputs[2], out);
    const result = numbersOf(outputs[0]);
    const store = requantizer(attributes, { wide: isWide(x, inputs[2]) });
    const multiplier = out / channels;
    for (let n = 0, at = 0; n < batch; n++)
      for (let row = 0; row < outHeight; row++)
        for (let column = 0; column < outWidth; column++)
          for (let o = 0; o < out; o++, at++) {
            const zero = weightZeroPoint[weightZeroPoint.length === 1 ? 0 : o] as number;
            const channel = Math.floor(o / multiplier);
            let sum = bias[o] as number;
            for (let i = 0; i < kernelHeight; i++) {
              const down = row * strides[0] + i * dilations[0] - padding[0];
              if (down < 0 || down >= height) continue;
              for (let j = 0; j < kernelWidth; j++) {
                const right = column * strides[1] + j * dilations[1] - padding[1];
                if (right < 0 || right >= width) continue;
                const value = data[((n * height + down) * width + right) * channels + channel] as number;
                sum += (value - inputZeroPoint) * ((weight[(i * kernelWidth + j) * out + o] as number) - zero);
              }
            }
            result[at] = store(sum, o);
          }
  },
};
