import { factors } from '../../../factors.ts';
import type { ProgramTensor, TensorQuantization } from '../../../program.ts';
import { optionFields, typeNumbers } from '../schema.ts';
import { constantOf, gridOf, inputOf, optionOf, type Reading, type ReadRule, refuseOperator, requantization } from './rule.ts';
import { windowOf } from './window.ts';

/** The quantization of a weight, which has one scale or one for each output channel. */
function weightGrid(reading: Reading, weight: ProgramTensor, channelAxis: number): TensorQuantization {
  const { quantization, name, data } = weight;
  if (!quantization || !data) return refuseOperator(reading, `the weight ${name} is no constant with scales.`);
  if (quantization.axis !== undefined && quantization.axis !== channelAxis)
    refuseOperator(reading, `the weight ${name} has scales along axis ${quantization.axis}; its output channels are axis ${channelAxis}.`);
  return quantization;
}

/** Signed weights of convolutions are symmetric: LiteRT's kernels do not look at their zero points. */
function assertSymmetric(reading: Reading, { type, name }: ProgramTensor, { zeroPoint }: TensorQuantization): void {
  if (type !== 'uint8' && zeroPoint.some(z => z !== 0)) refuseOperator(reading, `the signed weight ${name} has a zero point other than 0.`);
}

/** A bias of 32 bits beside activations of 16 says that sums have 32 bits: only where the options say so too. */
function assertBias(
  reading: Reading,
  { x, bias, field }: { readonly x: ProgramTensor; readonly bias: ProgramTensor | undefined; readonly field?: number },
): void {
  if (x.type !== 'int16' || bias?.type !== 'int32') return;
  if (field === undefined || optionOf(reading, o => o.int8(field)) !== typeNumbers.int32)
    refuseOperator(reading, `its bias ${bias.name} has 32 bits and its activations 16, and its options do not ask for that.`);
}

interface Layer {
  readonly x: ProgramTensor;
  readonly weight: ProgramTensor;
  readonly channelAxis: number;
}

/** Zero points, multipliers and clamp of a layer that sums over its input. */
function layer(reading: Reading, { x, weight, channelAxis }: Layer, activation: number): Parameters<Reading['step']>[1] {
  const quantization = weightGrid(reading, weight, channelAxis);
  const [input, output] = [gridOf(reading, x), gridOf(reading, reading.output)];
  const own = { int8: ['int8', 'int4'], int16: ['int8', 'int4'], uint8: ['uint8'] }[x.type as string] ?? [];
  if (x.type !== output.type || !own.includes(weight.type))
    refuseOperator(reading, `it takes ${x.type} with a weight of ${weight.type} to ${output.type}.`);
  const dense = reading.operator.op === 'FULLY_CONNECTED';
  const factor = (dense && quantization.scale.length === 1) || weight.type === 'uint8' ? factors.perTensor : factors.perChannel;
  if (!dense || quantization.scale.length > 1) assertSymmetric(reading, weight, quantization);
  const all = quantization.scale.map(scale => factor(input.scale, scale, output.scale));
  const once = dense && reading.kernels === 'litert';
  return {
    inputZeroPoint: input.zeroPoint,
    weightZeroPoint: [...quantization.zeroPoint],
    ...(once && { factor: quantization.scale.map(scale => factors.perChannel(input.scale, scale, output.scale)) }),
    ...requantization(reading, all, activation),
  };
}

const inputs = ({ operator }: Reading): readonly number[] => [operator.inputs[0] ?? -1, operator.inputs[1] ?? -1, operator.inputs[2] ?? -1];

/** A convolution, in groups where the kernel is less deep than the image. */
export const conv2d: ReadRule = reading => {
  const fields = optionFields.convolution;
  const [x, weight] = [inputOf(reading, 0), inputOf(reading, 1)];
  const window = windowOf(reading, fields, { image: x.shape, kernel: weight.shape.slice(1, 3), output: reading.output.shape });
  assertBias(reading, { x, bias: reading.inputs[2], field: fields.biasType });
  const activation = optionOf(reading, o => o.int8(fields.activation));
  reading.step('conv2d', { ...window, ...layer(reading, { x, weight, channelAxis: 0 }, activation) }, inputs(reading));
};

/** A convolution of each channel on its own. */
export const depthwiseConv2d: ReadRule = reading => {
  const fields = optionFields.depthwise;
  const [x, weight] = [inputOf(reading, 0), inputOf(reading, 1)];
  const window = windowOf(reading, fields, { image: x.shape, kernel: weight.shape.slice(1, 3), output: reading.output.shape });
  assertBias(reading, { x, bias: reading.inputs[2] });
  const activation = optionOf(reading, o => o.int8(fields.activation));
  reading.step('depthwise-conv2d', { ...window, ...layer(reading, { x, weight, channelAxis: 3 }, activation) }, inputs(reading));
};

/** Inputs: the output's shape, the kernel, the image, a bias. The window is that of the convolution that leads back. */
export const transposeConv: ReadRule = reading => {
  const fields = optionFields.transposed;
  const [weight, x] = [inputOf(reading, 1), inputOf(reading, 2)];
  const { shape } = reading.output;
  const asked = constantOf(reading, 0);
  if (asked.length !== shape.length || asked.some((size, axis) => size !== shape[axis]))
    refuseOperator(reading, `it asks for [${asked}]; its output is [${shape}].`);
  const window = windowOf(
    reading,
    { ...fields, dilationWidth: -1, dilationHeight: -1 },
    { image: shape, kernel: weight.shape.slice(1, 3), output: x.shape },
  );
  assertBias(reading, { x, bias: reading.inputs[3], field: fields.biasType });
  const activation = optionOf(reading, o => o.int8(fields.activation));
  const { inputs: of } = reading.operator;
  const tensors = [of[2] ?? -1, of[1] ?? -1, of[3] ?? -1];
  reading.step('conv2d-transpose', { ...window, ...layer(reading, { x, weight, channelAxis: 0 }, activation) }, tensors);
};

export const fullyConnected: ReadRule = reading => {
  const fields = optionFields.dense;
  if (optionOf(reading, o => o.int8(fields.weightsFormat)) !== 0) refuseOperator(reading, 'its weights are shuffled.');
  const activation = optionOf(reading, o => o.int8(fields.activation));
  const keeps = optionOf(reading, o => o.uint8(fields.keepAxes)) !== 0;
  const [x, weight] = [inputOf(reading, 0), inputOf(reading, 1)];
  assertBias(reading, { x, bias: reading.inputs[2], field: fields.biasType });
  const expected = keeps ? x.shape.length : 2;
  if (reading.output.shape.length !== expected)
    refuseOperator(reading, `its output [${reading.output.shape}] should have ${expected} axes.`);
  reading.step('dense', layer(reading, { x, weight, channelAxis: 0 }, activation), inputs(reading));
};

/** Both inputs may be values of the network. */
export const batchMatmul: ReadRule = reading => {
  const fields = optionFields.matmul;
  const [a, b, y] = [gridOf(reading, inputOf(reading, 0)), gridOf(reading, inputOf(reading, 1)), gridOf(reading, reading.output)];
  if (a.type !== b.type || a.type !== y.type || (a.type !== 'int8' && a.type !== 'int16'))
    refuseOperator(reading, `it takes ${a.type} and ${b.type} to ${y.type}.`);
  reading.step('matmul', {
    transposeA: optionOf(reading, o => o.uint8(fields.transposeA)) !== 0,
    transposeB: optionOf(reading, o => o.uint8(fields.transposeB)) !== 0,
    aZeroPoint: a.zeroPoint,
    bZeroPoint: b.zeroPoint,
    ...requantization(reading, [factors.perTensor(a.scale, b.scale, y.scale)], 0),
  });
};
