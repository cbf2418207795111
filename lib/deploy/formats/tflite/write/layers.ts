import { optionFields, typeNumbers } from '../schema.ts';
import type { OptionField } from './bytes.ts';
import { bool, fused, inputOf, int8, int32, row, type WriteRule, type Writing } from './rule.ts';
import { paddingOf } from './window.ts';

interface Sliding {
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
}

/** A bias that is left out is left out of the list too. */
const given = (inputs: readonly number[]): readonly number[] => (inputs[2] === -1 || inputs[2] === undefined ? inputs.slice(0, 2) : inputs);

/** The field that says that sums of 16-bit activations have 32 bits, where the bias has. */
const biasType = (writing: Writing, field: number): readonly OptionField[] =>
  inputOf(writing, 0).type === 'int16' && writing.inputs[2]?.type === 'int32' ? [int8(field, typeNumbers.int32)] : [];

export const writeConv2d: WriteRule = writing => {
  const fields = optionFields.convolution;
  const { strides, dilations } = writing.attributes as unknown as Sliding;
  writing.operator('CONV_2D', {
    inputs: given(writing.step.inputs),
    options: [
      int8(fields.padding, paddingOf(writing, { image: inputOf(writing, 0).shape, places: writing.output.shape })),
      int32(fields.strideWidth, strides[1]),
      int32(fields.strideHeight, strides[0]),
      int8(fields.activation, fused(writing)),
      int32(fields.dilationWidth, dilations[1]),
      int32(fields.dilationHeight, dilations[0]),
      ...biasType(writing, fields.biasType),
    ],
  });
};

export const writeDepthwiseConv2d: WriteRule = writing => {
  const fields = optionFields.depthwise;
  const { strides, dilations } = writing.attributes as unknown as Sliding;
  const [x, weight] = [inputOf(writing, 0), inputOf(writing, 1)];
  writing.operator('DEPTHWISE_CONV_2D', {
    inputs: given(writing.step.inputs),
    options: [
      int8(fields.padding, paddingOf(writing, { image: x.shape, places: writing.output.shape })),
      int32(fields.strideWidth, strides[1]),
      int32(fields.strideHeight, strides[0]),
      int32(fields.multiplier, (weight.shape[3] as number) / (x.shape[3] as number)),
      int8(fields.activation, fused(writing)),
      int32(fields.dilationWidth, dilations[1]),
      int32(fields.dilationHeight, dilations[0]),
    ],
  });
};

export const writeConv2dTranspose: WriteRule = writing => {
  const fields = optionFields.transposed;
  const { strides } = writing.attributes as unknown as Sliding;
  const { output, step } = writing;
  const [x, weight, bias] = step.inputs as readonly [number, number, number?];
  const shape = row(writing, 'shape', output.shape);
  writing.operator('TRANSPOSE_CONV', {
    inputs: bias === undefined || bias === -1 ? [shape, weight, x] : [shape, weight, x, bias],
    options: [
      int8(fields.padding, paddingOf(writing, { image: output.shape, places: inputOf(writing, 0).shape })),
      int32(fields.strideWidth, strides[1]),
      int32(fields.strideHeight, strides[0]),
      int8(fields.activation, fused(writing)),
      ...biasType(writing, fields.biasType),
    ],
  });
};

export const writeDense: WriteRule = writing => {
  const fields = optionFields.dense;
  const [rank, outRank] = [inputOf(writing, 0).shape.length, writing.output.shape.length];
  writing.operator('FULLY_CONNECTED', {
    inputs: given(writing.step.inputs),
    options: [
      int8(fields.activation, fused(writing)),
      int8(fields.weightsFormat, 0),
      bool(fields.keepAxes, outRank === rank && rank !== 2),
      ...biasType(writing, fields.biasType),
    ],
  });
};

export const writeMatmul: WriteRule = writing => {
  const fields = optionFields.matmul;
  const { transposeA, transposeB } = writing.attributes as { transposeA: boolean; transposeB: boolean };
  fused(writing);
  writing.operator('BATCH_MATMUL', { options: [bool(fields.transposeA, transposeA), bool(fields.transposeB, transposeB)] });
};
