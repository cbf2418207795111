import { channelAxes } from '../../model/channel-axes.ts';
import type { Conv2dAttributes } from '../../model/ops/conv2d.ts';
import { realValue } from '../../model/real-value.ts';
import { bordersOf, type Pair, type Window } from '../../model/window.ts';
import { roundHalfEven } from '../../tensor/round.ts';
import { factors } from '../factors.ts';
import { ends } from '../integer/stored.ts';
import type { ElementType } from '../program.ts';
import { assertAccumulator, boundsOf } from './accumulator.ts';
import { refuseLowering } from './grid.ts';
import { type Lowered, type Lowering, type LowerRule, requantization } from './rule.ts';
import { channelsFirst, type IntegerWeight, integerWeight } from './weights.ts';

type LayerOp = 'conv2d' | 'depthwise-conv2d' | 'dense' | 'conv2d-transpose';

/** b / (S_x · S_w[c]) as integers of the accumulator, zero point 0. */
function biasCodes({ model, node, inputs }: Lowering, { scale }: IntegerWeight): Float64Array {
  const [{ grid }] = inputs as readonly [Lowered];
  const parameter = model.parameters[node.parameters.bias ?? ''];
  if (!parameter) return new Float64Array(scale.length);
  const codes = Float64Array.from(realValue(parameter).data, (b, c) => roundHalfEven(b / ((scale[c] as number) * grid.scale)));
  if (!codes.every(Number.isFinite)) refuseLowering(node, 'its bias is not finite.', 'Was the model trained to the end without NaN?');
  return codes;
}

function biasConstant(lowering: Lowering, { scale }: IntegerWeight, codes: Float64Array): number {
  const { node, inputs } = lowering;
  const [{ grid }] = inputs as readonly [Lowered];
  const quantization = { scale: Array.from(scale, s => s * grid.scale), zeroPoint: Array.from(scale, () => 0), axis: 0 };
  const constant =
    grid.type === 'int16'
      ? { type: 'int64' as const, data: BigInt64Array.from(codes, BigInt) }
      : { type: 'int32' as const, data: Int32Array.from(codes) };
  return lowering.constant(node.parameters.bias ?? `${node.id}.bias`, { shape: [codes.length], quantization, ...constant });
}

/** The narrowest type that holds the integers. */
function typeOf({ codes, bits }: IntegerWeight): ElementType {
  const fits = (type: 'int4' | 'int8' | 'uint8'): boolean => {
    const [low, high] = ends[type] as readonly [number, number];
    return codes.every(q => q >= low && q <= high);
  };
  if (bits <= 4 && fits('int4')) return 'int4';
  return fits('int8') ? 'int8' : fits('uint8') ? 'uint8' : 'int16';
}

/** A layer with a kernel: its weight, its bias and what turns its sums into the output's integers. */
function lowerLayer(lowering: Lowering, op: LayerOp, window: Readonly<Record<string, readonly number[]>>): void {
  const { model, node, inputs, output } = lowering;
  const [x] = inputs as readonly [Lowered];
  const name = node.parameters.kernel as string;
  const weight = integerWeight(node, model.parameters[name]);
  const { scale, zeroPoint } = weight;
  const factor = op === 'dense' && scale.length === 1 ? factors.perTensor : factors.perChannel;
  const requantize = requantization(
    scale.map(s => factor(x.grid.scale, s, output.grid.scale)),
    output.grid,
  );
  const codes = biasCodes(lowering, weight);
  assertAccumulator(node, boundsOf(weight, x.grid, codes), { shift: requantize.shift, wide: x.grid.type === 'int16' });
  const type = typeOf(weight);
  const { shape, data } = arranged(op, weight);
  const kernel = lowering.constant(name, {
    shape,
    type,
    data: type === 'uint8' ? Uint8Array.from(data) : type === 'int16' ? Int16Array.from(data) : Int8Array.from(data),
    quantization: { scale: [...scale], zeroPoint: [...zeroPoint], axis: op === 'depthwise-conv2d' ? 3 : 0 },
  });
  const bias = biasConstant(lowering, weight, codes);
  lowering.step(
    op,
    { inputs: [x.tensor, kernel, bias], output },
    { ...window, inputZeroPoint: x.grid.zeroPoint, weightZeroPoint: [...zeroPoint], ...requantize },
  );
}

/** Channels first, but for [k_h, k_w, c, m] as [1, k_h, k_w, c · m], which is the same order. */
function arranged(op: LayerOp, weight: IntegerWeight): ReturnType<typeof channelsFirst> {
  if (op !== 'depthwise-conv2d') return channelsFirst(weight, (channelAxes[op] as readonly number[])[0] as number);
  const [height = 1, width = 1, c = 1, m = 1] = weight.shape;
  return { shape: [1, height, width, c * m], data: weight.codes };
}

const slides = (op: 'conv2d' | 'depthwise-conv2d'): LowerRule => ({
  grid: 'computes',
  lower(lowering) {
    const { strides, dilations, kernelSize, padding } = lowering.node.attributes as unknown as Conv2dAttributes;
    const image = (lowering.inputs[0] as Lowered).shape.slice(1);
    const [[top], [left]] = bordersOf(image, { strides, dilations, kernelSize, padding });
    lowerLayer(lowering, op, { strides, dilations, padding: [top, left] });
  },
});

export const lowerConv2d: LowerRule = slides('conv2d');

export const lowerDepthwiseConv2d: LowerRule = slides('depthwise-conv2d');

export const lowerDense: LowerRule = { grid: 'computes', lower: lowering => lowerLayer(lowering, 'dense', {}) };

/** What the padding cuts off is that of the convolution which this one transposes, over the enlarged image. */
export const lowerConv2dTranspose: LowerRule = {
  grid: 'computes',
  lower(lowering) {
    const { strides, kernelSize, padding } = lowering.node.attributes as unknown as Window;
    const [, height = 1, width = 1] = (lowering.inputs[0] as Lowered).shape;
    const enlarged: Pair = [height * strides[0], width * strides[1]];
    const [[top], [left]] = bordersOf(enlarged, { strides, kernelSize, padding });
    lowerLayer(lowering, 'conv2d-transpose', { strides, dilations: [1, 1], padding: [top, left] });
  },
};
