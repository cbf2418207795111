import { sizeOf } from '../../tensor/shape.ts';
import { assertBorder } from './border.ts';
import { type Conv2dStep, slidingKinds } from './conv2d.ts';
import type { IntegerOp } from './op.ts';
import { refuseStep } from './refuse.ts';
import { requantizer } from './requantize-attributes.ts';
import { assertSums } from './sums.ts';
import { biasOf, image, isWide, numbersOf, weightOf } from './values.ts';

/**
 * Transposed convolution of [n, h, w, c] with a kernel [out, k_h, k_w, c]: input place (i, j) adds to output places
 * (i · s + p · d - top, j · s + q · d - left), where what lies outside is left out; else as `conv2d`. TensorFlow Lite, `integer_ops/transpose_conv.h`.
 */
export const conv2dTranspose: IntegerOp<'conv2d-transpose', Conv2dStep> = {
  name: 'conv2d-transpose',
  arity: [2, 3],
  attributes: slidingKinds,
  check(values) {
    const { inputs, outputs, attributes, where } = values;
    const [x, y] = [image(where, inputs[0]), image(where, outputs[0])];
    const { shape } = weightOf(where, inputs[1], 4);
    if (shape[3] !== x.shape[3] || y.shape[3] !== shape[0] || y.shape[0] !== x.shape[0])
      refuseStep(where, `a kernel [${shape}] does not take [${x.shape}] to [${y.shape}].`);
    assertSums(values, y.shape[3]);
    const { strides, dilations } = attributes;
    const [, height, width] = shape as readonly [number, number, number, number];
    // the other way round: each place of the input reaches over the output
    assertBorder(where, { x: y.shape, y: x.shape }, { places: [x.shape[1], x.shape[2]], strides, dilations, kernel: [height, width] });
  },
  macs: ({ inputs, where }) => sizeOf(image(where, inputs[0]).shape) * sizeOf(weightOf(where, inputs[1], 4).shape.slice(0, 3)),
  run({ inputs, outputs, attributes, where }) {
    const x = image(where, inputs[0]);
    const [batch, height, width, channels] = x.shape;
    const [, outHeight, outWidth, out] = image(where, outputs[0]).shape;
    const [, kernelHeight, kernelWidth] = weightOf(where, inputs[1], 4).shape as readonly [number, number, number, number];
    const { strides, dilations, padding, inputZeroPoint, weightZeroPoint } = attributes;
    const [data, weight, result] = [numbersOf(inputs[0]), numbersOf(inputs[1]), numbersOf(outputs[0])];
    const sums = new Float64Array(result.length);
    for (let n = 0, at = 0; n < batch; n++)
      for (let row = 0; row < height; row++)
        for (let column = 0; column < width; column++, at += channels)
          for (let i = 0; i < kernelHeight; i++)
            for (let j = 0; j < kernelWidth; j++) {
              const down = row * strides[0] + i * dilations[0] - padding[0];
              const right = column * strides[1] + j * dilations[1] - padding[1];
              if (down < 0 || down >= outHeight || right < 0 || right >= outWidth) continue;
              const to = ((n * outHeight + down) * outWidth + right) * out;
              for (let o = 0; o < out; o++) {
                const zero = weightZeroPoint[weightZeroPoint.length === 1 ? 0 : o] as number;
                const from = ((o * kernelHeight + i) * kernelWidth + j) * channels;
                let sum = sums[to + o] as number;
                for (let c = 0; c < channels; c++)
                  sum += ((data[at + c] as number) - inputZeroPoint) * ((weight[from + c] as number) - zero);
                sums[to + o] = sum;
              }
            }
    const bias = biasOf(inputs[2], out);
    const store = requantizer(attributes, { wide: isWide(x, inputs[2]) });
    for (let i = 0; i < result.length; i++) result[i] = store((sums[i] as number) + (bias[i % out] as number), i % out);
  },
};
