import { type Shape, sizeOf } from '../../../../tensor/shape.ts';
import { zerosOf } from '../../../element-types.ts';
import { type SliceStep, slice as sliceOp } from '../../../integer/shapes.ts';
import type { Elements, ProgramTensor } from '../../../program.ts';
import { optionFields } from '../schema.ts';
import { assertSameGrid, constantOf, inputOf, optionOf, type Reading, type ReadRule, refuseOperator } from './rule.ts';
import { assertShape, axesOf } from './shapes.ts';

// Operators that take a part of a value. What they take of a shape is known before the network runs, so that it becomes a constant.

/** Of each axis: the first index, the step, and how many. */
interface Part extends SliceStep {
  readonly shape: Shape;
}

/** Elements of a constant that are taken at once: those of shapes and axes. Larger ones stay, so that a file cannot copy one over and over. */
const mostFolded = 64;

/** A step that takes the part; of a small constant, another one. */
function take(reading: Reading, x: ProgramTensor, { begin, strides, shape }: Part): void {
  const { operator, output } = reading;
  if (x.type !== output.type) refuseOperator(reading, `it takes ${x.type} to ${output.type}.`);
  if (x.data && x.data.length <= mostFolded) {
    const data = zerosOf(x.type, sizeOf(shape));
    const { shape: from, type } = x;
    const values = {
      inputs: [{ shape: from, type, data: x.data }],
      outputs: [{ shape, type, data }],
      attributes: { begin, strides },
      where: operator.where,
    };
    sliceOp.check(values);
    sliceOp.run(values);
    reading.fold(data);
    return;
  }
  if (output.quantization) assertSameGrid(reading, x);
  reading.step('slice', { begin, strides }, [reading.operator.inputs[reading.inputs.indexOf(x)] as number]);
}

/** A run of indices along one axis. */
function along(x: ProgramTensor, axis: number, { from, length }: { readonly from: number; readonly length: number }): Part {
  return {
    begin: x.shape.map((_, a) => (a === axis ? from : 0)),
    strides: x.shape.map(() => 1),
    shape: x.shape.map((size, a) => (a === axis ? length : size)),
  };
}

/** Parts of one length. Inputs: the axis, the value. */
export const split: ReadRule = reading => {
  const x = inputOf(reading, 1);
  const [axis = 0] = axesOf(reading, constantOf(reading, 0).slice(0, 1), x.shape.length);
  const count = reading.operator.outputs.length;
  const length = (x.shape[axis] ?? 0) / count;
  if (!Number.isInteger(length)) refuseOperator(reading, `axis ${axis} of [${x.shape}] has no ${count} parts of one length.`);
  const part = along(x, axis, { from: reading.place * length, length });
  assertShape(reading, part.shape);
  take(reading, x, part);
};

/** Parts of given lengths, one of which may be -1. Inputs: the value, the lengths, the axis. */
export const splitV: ReadRule = reading => {
  const x = inputOf(reading, 0);
  const [axis = 0] = axesOf(reading, constantOf(reading, 2).slice(0, 1), x.shape.length);
  const given = constantOf(reading, 1);
  const known = given.filter(length => length !== -1).reduce((sum, length) => sum + length, 0);
  const lengths = given.map(length => (length === -1 ? (x.shape[axis] ?? 0) - known : length));
  const all = lengths.reduce((sum, length) => sum + length, 0);
  if (lengths.length !== reading.operator.outputs.length || lengths.some(length => length < 0) || all !== x.shape[axis])
    refuseOperator(reading, `axis ${axis} of [${x.shape}] has no parts of [${given}].`);
  const from = lengths.slice(0, reading.place).reduce((sum, length) => sum + length, 0);
  const part = along(x, axis, { from, length: lengths[reading.place] as number });
  assertShape(reading, part.shape);
  take(reading, x, part);
};

/** Inputs: the value, where the part begins, its shape, of which -1 is all that is left. */
export const slice: ReadRule = reading => {
  const x = inputOf(reading, 0);
  const [begin, size] = [constantOf(reading, 1), constantOf(reading, 2)];
  if (begin.length !== x.shape.length || size.length !== begin.length || begin.some(from => from < 0))
    refuseOperator(reading, `[${begin}] and [${size}] are no part of [${x.shape}].`);
  const shape = size.map((length, axis) => (length === -1 ? (x.shape[axis] as number) - (begin[axis] as number) : length));
  assertShape(reading, shape);
  take(reading, x, { begin, strides: begin.map(() => 1), shape });
};

/** Inputs: the value, and for each axis the first index, the one behind the last, and the step. Bits of the masks are those of the axes. */
export const stridedSlice: ReadRule = reading => {
  const fields = optionFields.stridedSlice;
  const mask = (field: number): number => optionOf(reading, o => o.int32(field));
  const x = inputOf(reading, 0);
  const [begin, end, strides] = [constantOf(reading, 1), constantOf(reading, 2), constantOf(reading, 3)];
  if (mask(fields.ellipsis) || mask(fields.newAxis) || optionOf(reading, o => o.uint8(fields.offset)))
    refuseOperator(reading, 'it has an ellipsis, a new axis or offsets.');
  if (begin.length > x.shape.length || end.length !== begin.length || strides.length !== begin.length)
    refuseOperator(reading, `[${begin}], [${end}] and [${strides}] are no part of [${x.shape}].`);
  if (strides.some(stride => stride < 1)) refuseOperator(reading, `its steps are [${strides}]; those from 1 on are read.`);
  const has = (field: number, axis: number): boolean => ((mask(field) >> axis) & 1) === 1;
  const inside = (index: number, size: number): number => Math.min(size, Math.max(0, index < 0 ? index + size : index));
  const parts = x.shape.map((size, axis) => {
    const given = axis < begin.length;
    const from = !given || has(fields.begin, axis) ? 0 : inside(begin[axis] as number, size);
    const shrinks = given && has(fields.shrink, axis);
    const to = shrinks ? from + 1 : !given || has(fields.end, axis) ? size : inside(end[axis] as number, size);
    const stride = strides[axis] ?? 1;
    return { from, stride, length: Math.max(0, Math.ceil((to - from) / stride)), shrinks };
  });
  const shrunk = parts.some(({ shrinks }) => shrinks);
  if (shrunk && !(x.data && x.data.length <= mostFolded))
    refuseOperator(reading, 'it takes an axis away from a value.', 'Keep the axis, or reshape behind it.');
  assertShape(
    reading,
    parts.filter(({ shrinks }) => !shrinks).map(({ length }) => length),
  );
  const of = (key: 'from' | 'stride' | 'length'): number[] => parts.map(part => part[key]);
  take(reading, x, { begin: of('from'), strides: of('stride'), shape: of('length') });
};

/** Whole numbers as elements of the output's type. */
function whole(reading: Reading, numbers: readonly number[]): Elements {
  const { type } = reading.output;
  if (type === 'int64') return BigInt64Array.from(numbers, BigInt);
  return type === 'int32' ? Int32Array.from(numbers) : refuseOperator(reading, `it writes ${type}.`);
}

/** A file's shapes are known. */
export const shapeOf: ReadRule = reading => {
  const { shape } = inputOf(reading, 0);
  assertShape(reading, [shape.length]);
  reading.fold(whole(reading, shape));
};

/** Whole numbers that are known, as one list. */
export const pack: ReadRule = reading => {
  const axis = optionOf(reading, o => o.int32(optionFields.pack.axis));
  const { inputs, output } = reading;
  const all = inputs.map((_, i) => constantOf(reading, i));
  if (axis !== 0 || all.some(one => one.length !== 1)) refuseOperator(reading, 'single numbers are packed, along axis 0.');
  if (output.shape.length !== 1 || output.shape[0] !== all.length)
    refuseOperator(reading, `it gives [${all.length}], not [${output.shape}].`);
  reading.fold(whole(reading, all.flat()));
};
