import { type Bytes, int8Shape } from '../../../tensor/native-int8.ts';
import type { Conv2dStep } from '../../integer/conv2d.ts';
import { divided, type MeanStep } from '../../integer/mean.ts';
import type { RequantizeAttributes } from '../../integer/requantize-attributes.ts';
import { biasOf, numbersOf } from '../../integer/values.ts';
import { holds, isBytes, isSigned, requantizesBytes } from '../eligible.ts';
import type { Bound, BoundStep, Task, Way } from '../step.ts';
import { channelRows } from '../weights.ts';

type Four = readonly [number, number, number, number];

interface Weights {
  readonly weight: Int16Array;
  readonly channel: Int32Array;
}

interface Call {
  readonly kernel: readonly [height: number, width: number];
  readonly window: Pick<Conv2dStep, 'strides' | 'dilations' | 'padding'>;
  readonly output: readonly [height: number, width: number];
  readonly attributes: RequantizeAttributes & { readonly inputZeroPoint: number };
  weights(): Weights | undefined;
}

function call(step: BoundStep, { kernel, window, output, attributes, weights }: Call): Task | undefined {
  const { kernels, threads, count } = step;
  const [x] = step.inputs as readonly [Bound];
  const y = step.outputs[0] as Bound;
  const { inputZeroPoint, outputZeroPoint, low, high } = attributes;
  if (!kernels || !isBytes(x) || x.constant || !holds(x, inputZeroPoint) || !requantizesBytes(attributes, y)) return undefined;
  const made = step.once('weights', weights);
  if (!made) return undefined;
  const [batch, height, width, channels] = x.shape as Four;
  const shape = int8Shape.depthwise({
    ...{ images: batch * count, height, width, channels, kernelHeight: kernel[0], kernelWidth: kernel[1] },
    ...{ outHeight: output[0], outWidth: output[1], strideDown: window.strides[0], strideRight: window.strides[1] },
    ...{ dilationDown: window.dilations[0], dilationRight: window.dilations[1], top: window.padding[0], left: window.padding[1] },
    ...{ isSigned: Number(isSigned(x)), zero: inputZeroPoint, outputZero: outputZeroPoint, low, high },
  });
  const [from, to] = [x.data as Bytes, y.data as Bytes];
  const { int8Depthwise } = kernels;
  return () => int8Depthwise(shape, from, made.weight, made.channel, to, threads);
}

/** One output channel for each input channel. */
export const depthwise: Way = step => {
  const attributes = step.attributes as unknown as Conv2dStep;
  const [x, weight, bias] = step.inputs as readonly [Bound, Bound, Bound | undefined];
  const [, height, width, out] = weight.shape as Four;
  const [, outHeight, outWidth] = (step.outputs[0] as Bound).shape as Four;
  if (out !== x.shape[3]) return undefined;
  const weights = (): Weights | undefined => {
    const { weightZeroPoint, inputZeroPoint } = attributes;
    const start = biasOf(bias, out);
    if (!weight.constant || (bias && !bias.constant) || start.some(b => Math.abs(b) > 2 ** 31)) return undefined;
    const zeros = Int32Array.from({ length: out }, (_, c) => weightZeroPoint[weightZeroPoint.length === 1 ? 0 : c] as number);
    const moved = Float64Array.from(numbersOf(weight), (w, i) => w - (zeros[i % out] as number));
    // pairs of products of a byte and such a number fit into 32 bits
    if (moved.some(w => Math.abs(w) > 2 ** 14)) return undefined;
    const sums = new Float64Array(out);
    for (const [i, w] of moved.entries()) sums[i % out] = (sums[i % out] as number) + w;
    const offset = Int32Array.from(start, (b, c) => b - inputZeroPoint * (sums[c] as number));
    return { weight: Int16Array.from(moved), channel: channelRows({ offset, attributes }, out) };
  };
  return call(step, { kernel: [height, width], window: attributes, output: [outHeight, outWidth], attributes, weights });
};

/** The mean of an image is a depthwise convolution with a kernel of ones as large as the image. */
export const meanOfImage: Way = step => {
  const attributes = step.attributes as unknown as MeanStep;
  const [x] = step.inputs as readonly [Bound];
  if (x.shape.length !== 4 || attributes.axes.length !== 2 || ![1, 2].every(axis => attributes.axes.includes(axis))) return undefined;
  const [, height, width, channels] = x.shape as Four;
  const factor = divided(attributes.multiplier[0] as number, attributes.shift[0] as number, height * width);
  const own = { ...attributes, multiplier: [factor.multiplier], shift: [factor.shift] };
  const weights = (): Weights => ({
    weight: new Int16Array(height * width * channels).fill(1),
    channel: channelRows({ offset: new Int32Array(channels).fill(-attributes.inputZeroPoint * height * width), attributes: own }, channels),
  });
  const window = { strides: [1, 1], dilations: [1, 1], padding: [0, 0] } as const;
  return call(step, { kernel: [height, width], window, output: [1, 1], attributes: own, weights });
};
