import type { Conv2dAttributes } from '../../model/ops/conv2d.ts';
import { realValue } from '../../model/real-value.ts';
import { bordersOf, type Window } from '../../model/window.ts';
import { LabError } from '../../tensor/errors.ts';
import { roundHalfEven } from '../../tensor/round.ts';
import { sizeOf } from '../../tensor/shape.ts';
import { ends } from '../integer/requantize-attributes.ts';
import type { ElementType } from '../program.ts';
import { type Lowered, type Lowering, type LowerRule, requantization } from './rule.ts';
import { type IntegerWeight, integerWeight } from './weights.ts';

/** Order of a kernel's axes in the program, out channels first. */
interface Layout {
  /** The axes of the model's kernel that count output channels. */
  readonly channelAxes: readonly number[];
  /** The model's integers in the program's order, and their shape there. */
  arrange(weight: IntegerWeight): { readonly shape: readonly number[]; readonly data: Int32Array };
}

/** Kernels [… , out] become [out, …]: every row is what one output sums over. */
const rows: Layout['arrange'] = ({ shape, codes }) => {
  const out = shape.at(-1) as number;
  const depth = sizeOf(shape) / out;
  const data = new Int32Array(sizeOf(shape));
  for (let i = 0; i < depth; i++) for (let o = 0; o < out; o++) data[o * depth + i] = codes[i * out + o] as number;
  return { shape: [out, ...shape.slice(0, -1)], data };
};

/** Integers that 32 bits do not hold are a model that cannot run: they would wrap. */
function assertAccumulator({ node, inputs }: Lowering, { codes, zeroPoint, shape }: IntegerWeight, bias: ArrayLike<number>): void {
  const [{ grid }] = inputs as readonly [Lowered];
  if (grid.type === 'int16') return;
  const reach = Math.max(grid.high - grid.zeroPoint, grid.zeroPoint - grid.low);
  const channels = zeroPoint.length;
  const sums = new Float64Array(channels);
  for (let i = 0; i < sizeOf(shape); i++) {
    const c = i % channels;
    sums[c] = (sums[c] as number) + Math.abs((codes[i] as number) - (zeroPoint[c] as number));
  }
  const worst = sums.map((sum, c) => sum * reach + Math.abs(bias[c] as number));
  const c = worst.findIndex(bound => bound >= 2 ** 31);
  if (c < 0) return;
  throw new LabError(
    'deploy/accumulator',
    `Node ${node.id} (${node.op}): its sums may reach ${worst[c]} in output channel ${c}; an accumulator of 32 bits ends at ${2 ** 31 - 1}.`,
    'Give activations or weights fewer bits, or split the layer.',
  );
}

/** b / (S_x · S_w[c]) as integers of the accumulator, zero point 0. */
function integerBias(lowering: Lowering, weight: IntegerWeight): number {
  const { model, node, inputs } = lowering;
  const [{ grid }] = inputs as readonly [Lowered];
  const name = node.parameters.bias;
  const parameter = name === undefined ? undefined : model.parameters[name];
  const real = parameter ? realValue(parameter).data : new Float32Array(weight.scale.length);
  const scale = weight.scale.map(s => s * grid.scale);
  const wide = grid.type === 'int16';
  const codes = Float64Array.from(real, (b, c) => roundHalfEven(b / (scale[c] as number)));
  assertAccumulator(lowering, weight, codes);
  const quantization = { scale: [...scale], zeroPoint: [...scale].map(() => 0), axis: 0 };
  const constant = wide
    ? { type: 'int64' as const, data: BigInt64Array.from(codes, BigInt) }
    : { type: 'int32' as const, data: Int32Array.from(codes) };
  return lowering.constant(name ?? `${node.id}.bias`, { shape: [codes.length], quantization, ...constant });
}

const typeOf = (data: Int32Array): ElementType => {
  const fits = (type: 'int8' | 'uint8'): boolean =>
    data.every(q => q >= (ends[type] as readonly [number, number])[0] && q <= (ends[type] as readonly [number, number])[1]);
  return fits('int8') ? 'int8' : fits('uint8') ? 'uint8' : 'int16';
};

/** A layer with a kernel: its weight, its bias and what turns its sums into the output's integers. */
function lowerLayer(
  lowering: Lowering,
  op: 'conv2d' | 'depthwise-conv2d' | 'dense' | 'conv2d-transpose',
  { channelAxes, arrange }: Layout,
): void {
  const { model, node, inputs, output } = lowering;
  const [x] = inputs as readonly [Lowered];
  const name = node.parameters.kernel as string;
  const weight = integerWeight(node, model.parameters[name], channelAxes);
  const { shape, data } = arrange(weight);
  const type = weight.bits <= 4 && data.every(q => q >= -8 && q <= 7) ? 'int4' : typeOf(data);
  const elements = type === 'uint8' ? Uint8Array.from(data) : type === 'int16' ? Int16Array.from(data) : Int8Array.from(data);
  const quantization = { scale: [...weight.scale], zeroPoint: [...weight.zeroPoint], axis: op === 'depthwise-conv2d' ? 3 : 0 };
  const kernel = lowering.constant(name, { shape, type, data: elements, quantization });
  const bias = integerBias(lowering, weight);
  lowering.step(
    op,
    { inputs: [x.tensor, kernel, bias], output },
    {
      ...(op === 'dense' ? {} : window(lowering)),
      inputZeroPoint: x.grid.zeroPoint,
      weightZeroPoint: [...weight.zeroPoint],
      ...requantization(
        weight.scale.map(scale => (x.grid.scale * scale) / output.grid.scale),
        output.grid,
      ),
    },
  );
}

function window({ node, inputs }: Lowering): { strides: readonly number[]; dilations: readonly number[]; padding: readonly number[] } {
  const { strides, dilations, kernelSize, padding } = node.attributes as unknown as Conv2dAttributes;
  const [[top], [left]] = bordersOf((inputs[0] as Lowered).shape.slice(1), { strides, dilations, kernelSize, padding } as Window);
  return { strides, dilations, padding: [top, left] };
}

export const lowerConv2d: LowerRule = {
  grid: 'computes',
  lower: lowering => lowerLayer(lowering, 'conv2d', { channelAxes: [3], arrange: rows }),
};

export const lowerDense: LowerRule = {
  grid: 'computes',
  lower: lowering => lowerLayer(lowering, 'dense', { channelAxes: [1], arrange: rows }),
};

/** [k_h, k_w, c, m] as [1, k_h, k_w, c · m]: the same order. */
export const lowerDepthwiseConv2d: LowerRule = {
  grid: 'computes',
  lower: lowering =>
    lowerLayer(lowering, 'depthwise-conv2d', {
      channelAxes: [2, 3],
      arrange: ({ shape: [height = 1, width = 1, c = 1, m = 1], codes }) => ({
        shape: [1, height, width, c * m],
        data: Int32Array.from(codes),
      }),
    }),
};
