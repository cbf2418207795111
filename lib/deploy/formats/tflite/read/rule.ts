import type { Attributes } from '../../../../model/model.ts';
import { fixedPoint } from '../../../fixed-point.ts';
import type { IntegerOpName } from '../../../integer/index.ts';
import type { Elements, ElementType, ProgramTensor } from '../../../program.ts';
import type { FileOperator } from '../file.ts';
import type { Table } from '../flatbuffer.ts';
import { refuseTflite } from '../refuse.ts';
import { clampOf } from '../scales.ts';

/**
 * Whose arithmetic a program repeats. They differ in FULLY_CONNECTED only: LiteRT's reference kernel multiplies sums with a real factor and rounds
 * once, TensorFlow Lite Micro and CMSIS-NN with a multiplier and a shift, as in every other operator.
 */
export type Kernels = 'litert' | 'micro';

/** What a rule sees of an operator, and what it writes with. */
export interface Reading {
  readonly kernels: Kernels;
  readonly operator: FileOperator;
  /** Its inputs; undefined where one is left out. */
  readonly inputs: readonly (ProgramTensor | undefined)[];
  /** The one of its outputs that is written, and its place among them: 0 but for those that have several. */
  readonly output: ProgramTensor;
  readonly place: number;
  /** Makes the output a constant: what writes it is known before the network runs. */
  fold(data: Elements): void;
  /** Adds a constant of a row of numbers, and returns its index. */
  constant(name: string, type: ElementType, data: Elements): number;
  /** Adds the step that writes the output. Inputs are those of the operator unless they are given. */
  step(op: IntegerOpName, attributes: Attributes, inputs?: readonly number[]): void;
}

/** How an operator becomes a step. */
export type ReadRule = (reading: Reading) => void;

/** The grid of a value: one scale and one zero point. */
export interface TensorGrid {
  readonly scale: number;
  readonly zeroPoint: number;
  readonly type: ElementType;
}

/** Refuses an operator as it stands. */
export function refuseOperator(
  { operator }: Reading,
  message: string,
  hint = 'Convert the network with full integer quantization.',
): never {
  return refuseTflite(`${operator.where}: ${message}`, hint);
}

/** An input that must be there. */
export function inputOf(reading: Reading, index: number): ProgramTensor {
  return reading.inputs[index] ?? refuseOperator(reading, `input ${index} is missing.`);
}

/** The grid of a value of 8 or 16 bits. */
export function gridOf(reading: Reading, { name, type, quantization }: ProgramTensor): TensorGrid {
  if (!quantization || !['int8', 'uint8', 'int16', 'int32'].includes(type))
    return refuseOperator(
      reading,
      `${name} is ${type}${quantization ? '' : ' without a scale'}; integers of 8 or 16 bits with a scale are read.`,
    );
  if (quantization.axis !== undefined) refuseOperator(reading, `${name} has a scale for each channel, which only weights may have.`);
  return { scale: quantization.scale[0] as number, zeroPoint: quantization.zeroPoint[0] as number, type };
}

/** Options of the operator; fields that it leaves out have their defaults. */
export function optionOf(reading: Reading, read: (options: Table) => number, otherwise = 0): number {
  const { options } = reading.operator;
  return options ? read(options) : otherwise;
}

/** Whole numbers of a constant input, such as axes. */
export function constantOf(reading: Reading, index: number): readonly number[] {
  const { name, type, data } = inputOf(reading, index);
  if (!data || (type !== 'int32' && type !== 'int64'))
    return refuseOperator(reading, `${name} is no constant of whole numbers.`, 'Convert the network with a fixed shape.');
  if (data.length > 64) refuseOperator(reading, `${name} holds ${data.length} numbers.`);
  return Array.from(data as Int32Array, Number);
}

/** Multipliers, shifts and the ends of the output's clamp. */
export function requantization(reading: Reading, factors: readonly number[], activation: number): Attributes {
  const grid = gridOf(reading, reading.output);
  const all = factors.map(fixedPoint);
  return {
    multiplier: all.map(({ multiplier }) => multiplier),
    shift: all.map(({ shift }) => shift),
    outputZeroPoint: grid.zeroPoint,
    ...clampOf(activation, { where: reading.operator.where, ...grid }),
  };
}

/** Refuses an operator whose value must lie on the same grid as an input. */
export function assertSameGrid(reading: Reading, x: ProgramTensor): void {
  const { output } = reading;
  const [a, b] = [gridOf(reading, x), gridOf(reading, output)];
  if (Math.abs(a.scale - b.scale) > 1e-6 || a.zeroPoint !== b.zeroPoint)
    refuseOperator(reading, `${x.name} and ${output.name} lie on different grids, and the operator copies integers.`);
}
