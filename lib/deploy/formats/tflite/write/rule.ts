import type { Attributes } from '../../../../model/model.ts';
import type { Elements, ElementType, ProgramTensor, Step } from '../../../program.ts';
import { refuseTflite } from '../refuse.ts';
import { clampOf } from '../scales.ts';
import { activations, type TfliteOp } from '../schema.ts';
import type { OptionField } from './bytes.ts';

/** What a rule sees of a step, and what it writes with. */
export interface Writing {
  readonly step: Step;
  /** Names the step in messages. */
  readonly where: string;
  readonly attributes: Attributes;
  readonly inputs: readonly (ProgramTensor | undefined)[];
  readonly output: ProgramTensor;
  /** Adds a constant that only says how the operator works, and returns its index. */
  constant(name: string, constant: { readonly type: ElementType; readonly shape: readonly number[]; readonly data: Elements }): number;
  /** Adds the operator that writes the output. Inputs are those of the step unless they are given. */
  operator(op: TfliteOp, given?: { readonly options?: readonly OptionField[]; readonly inputs?: readonly number[] }): void;
}

/** How a step becomes an operator. */
export type WriteRule = (writing: Writing) => void;

/** Refuses a step that no operator computes. */
export function refuseStep({ where }: Writing, message: string, hint = 'Change the step, or keep the program in its own form.'): never {
  return refuseTflite(`${where} has no .tflite form: ${message}`, hint);
}

/** An input that must be there. */
export function inputOf(writing: Writing, index: number): ProgramTensor {
  return writing.inputs[index] ?? refuseStep(writing, `input ${index} is missing.`);
}

/** A field of options. */
export const int8 = (field: number, value: number): OptionField => ({ field, type: 'int8', value });
export const int32 = (field: number, value: number): OptionField => ({ field, type: 'int32', value });
export const float32 = (field: number, value: number): OptionField => ({ field, type: 'float32', value });
export const bool = (field: number, value: boolean): OptionField => ({ field, type: 'bool', value: Number(value) });

/** The fused activations whose ends are those of the step's clamp, none first. */
export function activationsOf({ where, attributes, output }: Writing): readonly number[] {
  const { type, quantization } = output;
  const { low, high } = attributes as { low: number; high: number };
  const grid = { where, type, scale: quantization?.scale[0] ?? 1, zeroPoint: quantization?.zeroPoint[0] ?? 0 };
  return Object.values(activations).filter(activation => {
    const clamp = clampOf(activation, grid);
    return clamp.low === low && clamp.high === high;
  });
}

/** The first of them, refused where there is none. */
export function fused(writing: Writing): number {
  const { low, high } = writing.attributes as { low: number; high: number };
  return activationsOf(writing)[0] ?? refuseStep(writing, `no activation ends at ${low} and ${high} on the output's grid.`);
}

/** A row of whole numbers of 32 bits, such as axes; paddings as two for each axis. */
export function row({ constant, output }: Writing, name: string, values: readonly number[]): number {
  const shape = name === 'paddings' ? [values.length / 2, 2] : [values.length];
  return constant(`${output.name}/${name}`, { type: 'int32', shape, data: Int32Array.from(values) });
}
