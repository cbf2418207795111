import { type Shape, sizeOf } from '../../../../tensor/shape.ts';
import { factors } from '../../../factors.ts';
import { activations, optionFields } from '../schema.ts';
import { constantOf, gridOf, inputOf, optionOf, type Reading, type ReadRule, refuseOperator, requantization } from './rule.ts';

/** Axes of a value, negative ones counted from the last. */
export function axesOf(reading: Reading, axes: readonly number[], rank: number): readonly number[] {
  const own = axes.map(axis => (axis < 0 ? axis + rank : axis));
  if (own.some(axis => axis < 0 || axis >= rank)) refuseOperator(reading, `axes [${axes}] are not among ${rank}.`);
  return [...new Set(own)];
}

/** The first input alone: the rest said what shape it takes. */
const first = ({ operator }: Reading): readonly number[] => [operator.inputs[0] ?? -1];

/** Refuses an operator whose output has another shape than it gives. */
export function assertShape(reading: Reading, expected: Shape): void {
  const { shape } = reading.output;
  if (expected.length !== shape.length || expected.some((size, axis) => size !== shape[axis]))
    refuseOperator(reading, `it gives [${expected}]; its output is [${shape}].`);
}

/** The shape is a constant, or stands in the options; one axis of it may be -1. */
export const reshape: ReadRule = reading => {
  const x = inputOf(reading, 0);
  const asked = reading.inputs[1] ? constantOf(reading, 1) : (reading.operator.options?.int32s(optionFields.reshape.shape) ?? []);
  const rest = asked.filter(size => size !== -1);
  if (asked.length - rest.length > 1 || rest.some(size => size < 0)) refuseOperator(reading, `it asks for [${asked}].`);
  assertShape(
    reading,
    asked.map(size => (size === -1 ? sizeOf(x.shape) / sizeOf(rest) : size)),
  );
  reading.step('reshape', {}, first(reading));
};

export const squeeze: ReadRule = reading => {
  const { shape } = inputOf(reading, 0);
  const asked = axesOf(reading, reading.operator.options?.int32s(optionFields.squeeze.axes) ?? [], shape.length);
  const away = (size: number, axis: number): boolean => (asked.length === 0 ? size === 1 : asked.includes(axis));
  assertShape(
    reading,
    shape.filter((size, axis) => !away(size, axis)),
  );
  reading.step('reshape', {}, first(reading));
};

export const expandDims: ReadRule = reading => {
  const { shape } = inputOf(reading, 0);
  const [axis = 0] = axesOf(reading, constantOf(reading, 1).slice(0, 1), shape.length + 1);
  assertShape(reading, [...shape.slice(0, axis), 1, ...shape.slice(axis)]);
  reading.step('reshape', {}, first(reading));
};

export const transpose: ReadRule = reading => {
  const permutation = axesOf(reading, constantOf(reading, 1), inputOf(reading, 0).shape.length);
  reading.step('transpose', { permutation }, first(reading));
};

/** Inputs lie on the output's grid: concatenating copies integers. */
export const concatenation: ReadRule = reading => {
  const fields = optionFields.concatenation;
  if (optionOf(reading, o => o.int8(fields.activation)) !== activations.none) refuseOperator(reading, 'it has an activation fused.');
  const { output } = reading;
  if (output.quantization) {
    const y = gridOf(reading, output);
    for (const index of reading.inputs.keys()) {
      const x = gridOf(reading, inputOf(reading, index));
      if (x.scale !== y.scale || x.zeroPoint !== y.zeroPoint)
        refuseOperator(reading, `input ${index} lies on another grid than the output.`);
    }
  }
  const [axis = 0] = axesOf(reading, [optionOf(reading, o => o.int32(fields.axis))], output.shape.length);
  reading.step('concat', { axis });
};

/** The border is worth 0, or a constant on the output's grid. */
export const pad: ReadRule = reading => {
  const { quantization, type } = reading.output;
  const paddings = constantOf(reading, 1);
  let value = quantization ? gridOf(reading, reading.output).zeroPoint : 0;
  if (reading.operator.op === 'PADV2') {
    const { data, type: own, quantization: grid, name } = inputOf(reading, 2);
    if (data?.length !== 1 || own !== type || own === 'int64') refuseOperator(reading, `the border ${name} is no constant ${type}.`);
    if (grid && (grid.zeroPoint[0] !== quantization?.zeroPoint[0] || grid.scale[0] !== quantization?.scale[0]))
      refuseOperator(reading, `the border ${name} lies on another grid than the output.`);
    value = Number(data[0]);
  }
  reading.step('pad', { paddings: [...paddings], value }, first(reading));
};

export const mean: ReadRule = reading => {
  const input = inputOf(reading, 0);
  const [x, y] = [gridOf(reading, input), gridOf(reading, reading.output)];
  const axes = axesOf(reading, constantOf(reading, 1), input.shape.length);
  const keeps = optionOf(reading, o => o.uint8(optionFields.reducer.keepAxes)) !== 0;
  assertShape(
    reading,
    input.shape.flatMap((size, axis) => (axes.includes(axis) ? (keeps ? [1] : []) : [size])),
  );
  const factor = factors.mean(x.scale, y.scale);
  reading.step('mean', { axes, inputZeroPoint: x.zeroPoint, ...requantization(reading, [factor], activations.none) }, first(reading));
};
