import { type Bytes, int8Shape } from '../../../tensor/native-int8.ts';
import { sizeOf } from '../../../tensor/shape.ts';
import type { Conv2dStep } from '../../integer/conv2d.ts';
import type { DenseStep } from '../../integer/dense.ts';
import type { PoolStep } from '../../integer/pool.ts';
import { holds, isBytes, isSigned, requantizesBytes } from '../eligible.ts';
import type { Bound, BoundStep, Task, Way } from '../step.ts';
import { storing } from '../stored-sums.ts';
import { channelRows, packedRows, type Rows, type Unpacked, unpacked } from '../weights.ts';

type Four = readonly [number, number, number, number];

/** A convolution as `int8Conv` sees it, of one group. */
interface Sliding {
  readonly images: number;
  readonly input: readonly [height: number, width: number, channels: number];
  readonly kernel: readonly [height: number, width: number, depth: number];
  readonly output: readonly [height: number, width: number, channels: number];
  readonly window: Pick<Conv2dStep, 'strides' | 'dilations' | 'padding'>;
  /** The side of the squares of which the largest stays; 1 when absent. */
  readonly pool?: number;
}

const still: Sliding['window'] = { strides: [1, 1], dilations: [1, 1], padding: [0, 0] };

/** One call for each group of channels; the weights are packed once for all counts. */
function calls(step: BoundStep<DenseStep>, sliding: Sliding, at?: Rows['at']): Task | undefined {
  const { attributes, kernels, threads } = step;
  const { input, kernel, output } = sliding;
  const [x, weight, bias] = step.inputs as readonly [Bound, Bound, Bound | undefined];
  const y = step.outputs[0] as Bound;
  const { inputZeroPoint, weightZeroPoint } = attributes;
  if (!kernels || !isBytes(x) || x.constant || !holds(x, inputZeroPoint)) return undefined;
  const groups = input[2] / kernel[2];
  const [out, k] = [output[2] / groups, kernel[0] * kernel[1] * kernel[2]];
  const all = step.once('rows', () => unpacked({ weight, bias, weightZeroPoint, inputZeroPoint, out: output[2], k, ...(at && { at }) }));
  if (!all) return undefined;
  const parts = step.once('packed', () =>
    Array.from({ length: groups }, (_, g) => packedGroup(all, attributes, { first: g * out, out, k })),
  );
  const hasWeightZeros = all.zero.some(zero => zero !== 0);
  // what the kernel does not store itself it gives as sums
  const asSums = attributes.factor !== undefined || !requantizesBytes(attributes, y);
  // only this is one call that is faster than two
  if (sliding.pool && (asSums || hasWeightZeros || groups > 1 || attributes.shift.some(shift => shift > 0))) return undefined;
  const sums = asSums ? new Int32Array(y.data.length) : undefined;
  const store = sums && storing(attributes, y);
  const shape = shapeOf(step, sliding, { out, hasWeightZeros, asSums });
  const bound = parts.map((part, g) => ({
    ...part,
    from: (x.data as Bytes).subarray(g * kernel[2]),
    to: sums ? new Uint8Array(sums.buffer, 4 * g * out) : (y.data as Bytes).subarray(g * out),
  }));
  const { int8Conv } = kernels;
  return () => {
    for (const { packed, channel, from, to } of bound) int8Conv(shape, from, packed, channel, to, threads);
    store?.(sums as Int32Array);
  };
}

function shapeOf(
  { inputs, attributes }: BoundStep<DenseStep>,
  { images, input, kernel, output, window, pool = 1 }: Sliding,
  { out, hasWeightZeros, asSums }: { readonly out: number; readonly hasWeightZeros: boolean; readonly asSums: boolean },
): Int32Array {
  const { inputZeroPoint, outputZeroPoint, low, high } = attributes;
  return int8Shape.conv({
    ...{ images, height: input[0], width: input[1], channels: input[2] },
    ...{ kernelHeight: kernel[0], kernelWidth: kernel[1], depth: kernel[2] },
    ...{ outHeight: output[0], outWidth: output[1], out, outChannels: output[2] },
    ...{ strideDown: window.strides[0], strideRight: window.strides[1] },
    ...{ dilationDown: window.dilations[0], dilationRight: window.dilations[1], top: window.padding[0], left: window.padding[1] },
    ...{ isSigned: Number(isSigned(inputs[0] as Bound)), zero: inputZeroPoint, hasWeightZeros: Number(hasWeightZeros) },
    ...(asSums ? { isSums: 1, pool: 1, outputZero: 0, low: 0, high: 0 } : { isSums: 0, pool, outputZero: outputZeroPoint, low, high }),
  });
}

/** The weights of one group as `int8Conv` takes them. */
function packedGroup(
  { codes, zero, offset, sum }: Unpacked,
  attributes: DenseStep,
  { first, out, k }: { readonly first: number; readonly out: number; readonly k: number },
): { readonly packed: Int8Array; readonly channel: Int32Array } {
  const of = (list: Int32Array): Int32Array => list.subarray(first, first + out);
  const part = (list: readonly number[]): readonly number[] => (list.length === 1 ? list : list.slice(first, first + out));
  const own = { ...attributes, multiplier: part(attributes.multiplier), shift: part(attributes.shift) };
  return {
    packed: packedRows(codes.subarray(first * k, (first + out) * k), out, k),
    channel: channelRows({ offset: of(offset), attributes: own }, Math.ceil(out / 16) * 16, [of(zero), of(sum)]),
  };
}

/** A convolution in C++; the groups of channels one after the other. */
export const conv2d: Way = step => {
  const [x, weight] = step.inputs as readonly [Bound, Bound];
  const [batch, ...input] = x.shape as Four;
  const [, ...kernel] = weight.shape as Four;
  const [, ...output] = (step.outputs[0] as Bound).shape as Four;
  const window = step.attributes as unknown as Conv2dStep;
  return calls(step as unknown as BoundStep<DenseStep>, { images: batch * step.count, input, kernel, output, window });
};

/** A convolution and the max pool of 2 × 2 that alone reads it; undefined where two calls are better. `step` gives what the pool gives. */
export function pooledConv2d(step: BoundStep, { low, high, window: [pool] }: PoolStep): Task | undefined {
  const conv = step.attributes as unknown as Conv2dStep;
  const attributes = { ...conv, low: Math.max(conv.low, low), high: Math.min(conv.high, high) };
  if (attributes.low > attributes.high) return undefined;
  const [x, weight] = step.inputs as readonly [Bound, Bound];
  const [batch, ...input] = x.shape as Four;
  const [, ...kernel] = weight.shape as Four;
  const [, ...output] = (step.outputs[0] as Bound).shape as Four;
  const own = { ...step, attributes } as unknown as BoundStep<DenseStep>;
  return calls(own, { images: batch * step.count, input, kernel, output, window: conv, pool });
}

/** A dense layer is a convolution of images of one pixel. */
export const dense: Way = step => {
  const [x, weight] = step.inputs as readonly [Bound, Bound];
  const [out, deep] = weight.shape as readonly [number, number];
  const images = (sizeOf(x.shape) / deep) * step.count;
  return calls(step as unknown as BoundStep<DenseStep>, {
    images,
    input: [1, 1, deep],
    kernel: [1, 1, deep],
    output: [1, 1, out],
    window: still,
  });
};

/** A depthwise convolution of one channel is a convolution. */
export const ofOneChannel: Way = step => {
  const [x, weight] = step.inputs as readonly [Bound, Bound];
  const [batch, ...input] = x.shape as Four;
  const [, height, width, out] = weight.shape as Four;
  const [, ...output] = (step.outputs[0] as Bound).shape as Four;
  if (input[2] !== 1) return undefined;
  const window = step.attributes as unknown as Conv2dStep;
  const sliding: Sliding = { images: batch * step.count, input, kernel: [height, width, 1], output, window };
  return calls(step as unknown as BoundStep<DenseStep>, sliding, (o, i) => i * out + o);
};
