import { sizeOf } from '../../../../tensor/shape.ts';
import { factors, softmaxFactor16, softmaxFactors } from '../../../factors.ts';
import { fixedPoint } from '../../../fixed-point.ts';
import type { SliceStep } from '../../../integer/shapes.ts';
import type { TableGrid } from '../../../real-table.ts';
import { activations, optionFields, type TfliteOp } from '../schema.ts';
import { hardSwishTable, logisticTable, slopeOf, tanhTable } from '../tables.ts';
import { activationsOf, bool, float32, fused, inputOf, int8, int32, refuseStep, row, type WriteRule, type Writing } from './rule.ts';
import { paddingOf } from './window.ts';

export const writeSum =
  (op: 'ADD' | 'SUB'): WriteRule =>
  writing =>
    writing.operator(op, { options: [int8(optionFields.sum.activation, fused(writing)), bool(optionFields.sum.powersOfTwo, false)] });

export const writeMultiply: WriteRule = writing =>
  writing.operator('MUL', { options: [int8(optionFields.product.activation, fused(writing))] });

export const plain =
  (op: TfliteOp): WriteRule =>
  writing =>
    writing.operator(op);

/** QUANTIZE, or a ReLU that ends where the clamp does; the two work out their multipliers in different ways. */
export const writeRequantize: WriteRule = writing => {
  const { attributes, output } = writing;
  const [x, y] = [inputOf(writing, 0).quantization?.scale[0] ?? 1, output.quantization?.scale[0] ?? 1];
  const operators = [
    ['QUANTIZE', activations.none, factors.requantize],
    ['RELU', activations.relu, factors.relu],
    ['RELU6', activations.relu6, factors.relu],
    ['RELU_N1_TO_1', activations.reluN1To1, factors.relu],
  ] as const;
  const ends = activationsOf(writing);
  const multiplier = (attributes.multiplier as readonly number[])[0];
  const found = operators.find(([, activation, factor]) => ends.includes(activation) && fixedPoint(factor(x, y)).multiplier === multiplier);
  if (!found) return refuseStep(writing, `neither QUANTIZE nor a RELU has its multiplier and its clamp with the scales ${x} and ${y}.`);
  return writing.operator(found[0]);
};

export const writePool =
  (op: 'AVERAGE_POOL_2D' | 'MAX_POOL_2D'): WriteRule =>
  writing => {
    const fields = optionFields.pool;
    const { strides, window } = writing.attributes as unknown as Readonly<Record<'strides' | 'window', readonly [number, number]>>;
    writing.operator(op, {
      options: [
        int8(fields.padding, paddingOf(writing, { image: inputOf(writing, 0).shape, places: writing.output.shape })),
        int32(fields.strideWidth, strides[1]),
        int32(fields.strideHeight, strides[0]),
        int32(fields.width, window[1]),
        int32(fields.height, window[0]),
        int8(fields.activation, fused(writing)),
      ],
    });
  };

/** The beta with which the multiplier follows from the scale: 1 but for networks of others. */
export const writeSoftmax: WriteRule = writing => {
  const x = inputOf(writing, 0);
  const scale = x.quantization?.scale[0] ?? 1;
  const { multiplier, shift } = writing.attributes as { multiplier: number; shift: number };
  const wide = x.type === 'int16';
  const near = (multiplier * 2 ** (shift - 31)) / scale / (wide ? 65535 / 10 : 2 ** 26);
  const betas = [0, -1, 1, -2, 2].map(ulps => Math.fround(near * (1 + ulps * 2 ** -23)));
  const beta = [1, ...betas].find(candidate => {
    const found = wide ? fixedPoint(softmaxFactor16(scale, candidate)) : softmaxFactors(scale, candidate);
    return found.multiplier === multiplier && found.shift === shift;
  });
  writing.operator('SOFTMAX', { options: [float32(optionFields.softmax.beta, beta ?? 1)] });
};

export const writeConcat: WriteRule = writing => {
  const { axis } = writing.attributes as { axis: number };
  writing.operator('CONCATENATION', {
    options: [int32(optionFields.concatenation.axis, axis), int8(optionFields.concatenation.activation, activations.none)],
  });
};

/** PAD where the border is worth 0, else PADV2 with a constant. */
export const writePad: WriteRule = writing => {
  const { paddings, value } = writing.attributes as { paddings: readonly number[]; value: number };
  const { output, step } = writing;
  const around = row(writing, 'paddings', paddings);
  if (value === (output.quantization?.zeroPoint[0] ?? 0)) return writing.operator('PAD', { inputs: [step.inputs[0] as number, around] });
  const { type, quantization } = output;
  const stored = { int8: Int8Array, uint8: Uint8Array, int16: Int16Array, int32: Int32Array, float32: Float32Array };
  const kind = stored[type as keyof typeof stored] ?? refuseStep(writing, `it pads ${type}.`);
  const border = { type, shape: [1], data: kind.of(value), ...(quantization && { quantization }) };
  return writing.operator('PADV2', { inputs: [step.inputs[0] as number, around, writing.constant(`${output.name}/border`, border)] });
};

export const writeReshape: WriteRule = writing =>
  writing.operator('RESHAPE', { inputs: [writing.step.inputs[0] as number, row(writing, 'shape', writing.output.shape)] });

/** Every mask of it 0: the two ends are written out. */
export const writeSlice: WriteRule = writing => {
  const { begin, strides } = writing.attributes as SliceStep;
  const { step, output } = writing;
  const end = output.shape.map((size, axis) => (begin[axis] as number) + size * (strides[axis] as number));
  const options = Object.values(optionFields.stridedSlice).map(field => int32(field, 0));
  writing.operator('STRIDED_SLICE', {
    inputs: [step.inputs[0] as number, row(writing, 'begin', begin), row(writing, 'end', end), row(writing, 'strides', strides)],
    options,
  });
};

export const writeTranspose: WriteRule = writing => {
  const { permutation } = writing.attributes as { permutation: readonly number[] };
  writing.operator('TRANSPOSE', { inputs: [writing.step.inputs[0] as number, row(writing, 'permutation', permutation)] });
};

export const writeMean: WriteRule = writing => {
  const { axes } = writing.attributes as { axes: readonly number[] };
  const keeps = writing.output.shape.length === inputOf(writing, 0).shape.length && axes.length > 0;
  writing.operator('MEAN', {
    inputs: [writing.step.inputs[0] as number, row(writing, 'axes', axes)],
    options: [bool(optionFields.reducer.keepAxes, keeps)],
  });
};

/** The function whose table it is on the grids of its input and output. */
export const writeLookup: WriteRule = writing => {
  const [x, table] = [inputOf(writing, 0), inputOf(writing, 1)];
  const grid = ({ type, quantization }: Writing['output']): TableGrid => ({
    scale: quantization?.scale[0] ?? 1,
    zeroPoint: quantization?.zeroPoint[0] ?? 0,
    type: type as 'int8' | 'uint8',
  });
  const [from, to] = [grid(x), grid(writing.output)];
  const is = (entries: () => readonly number[]): boolean => {
    try {
      return entries().every((entry, i) => entry === table.data?.[i]);
    } catch {
      return false;
    }
  };
  const inputs = [writing.step.inputs[0] as number];
  if (sizeOf(table.shape) !== 256) refuseStep(writing, 'its table has no 256 entries.');
  if (is(() => logisticTable(from, to))) return writing.operator('LOGISTIC', { inputs });
  if (is(() => tanhTable(from, to))) return writing.operator('TANH', { inputs });
  if (is(() => hardSwishTable(from, to, writing.where))) return writing.operator('HARD_SWISH', { inputs });
  const slope = slopeOf(table.data as Int8Array, from, to);
  if (slope !== undefined) return writing.operator('LEAKY_RELU', { inputs, options: [float32(optionFields.leakyRelu.slope, slope)] });
  return refuseStep(writing, 'its table is neither a LOGISTIC, TANH, HARD_SWISH nor LEAKY_RELU on these grids.');
};
