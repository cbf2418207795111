import type { Attributes } from '../model/model.ts';
import { assertWithin, isRecord, recordOf } from '../model/validate.ts';
import { LabError } from '../tensor/errors.ts';
import type { ProgramLimits } from './check-program.ts';
import { elementTypes } from './element-types.ts';
import type { Elements, Program, ProgramTensor, Step, TensorQuantization } from './program.ts';

/** Caps for a program that comes from elsewhere; they hold before anything is allocated or run. */
export interface ProgramFileLimits extends ProgramLimits {
  /** Bytes of the program's JSON; default 16 MB. */
  readonly graphBytes?: number;
  /** Bytes of the file with the constants; default 1 GB. */
  readonly bytes?: number;
  /** Tensors; default 100,000. */
  readonly tensors?: number;
  /** Steps; default 100,000. */
  readonly steps?: number;
}

/** What plain data says of a tensor whose elements are not read yet. */
export type DeclaredTensor = Omit<ProgramTensor, 'data'>;

/** Finds the elements of tensor `index` for what the data says of them, or nothing. */
export type FindElements = (index: number, tensor: DeclaredTensor, said: unknown) => Elements | undefined;

/** The error of data that is no program. */
export function refuseFile(message: string): never {
  throw new LabError('deploy/file', message, 'The program is damaged or was not made by this library; save it again.');
}

const most = { values: 1_000_000, name: 512 };

/**
 * Plain data of unknown origin as a program of this form: every field has its type, nothing else is there, all of it frozen. What the steps need of each
 * other is for `assertProgram`. `constants` names the field that tells the elements of a tensor.
 * @throws LabError `deploy/file`, `model/graph`, `model/limit`.
 */
export function programOf(value: unknown, limits: ProgramFileLimits, { field, find }: { field: string; find: FindElements }): Program {
  const { name, tensors, steps, inputs, outputs } = recordOf('A program', value, ['name', 'tensors', 'steps', 'inputs', 'outputs']);
  const [listed, ordered] = [listOf('The tensors', tensors), listOf('The steps', steps)];
  assertWithin('tensors', listed.length, limits.tensors ?? 100_000);
  assertWithin('steps', ordered.length, limits.steps ?? 100_000);
  return Object.freeze({
    name: textOf('The name of the program', name),
    tensors: Object.freeze(
      listed.map((item, index) => {
        const { tensor, said } = tensorOf(`Tensor ${index}`, item, field);
        const data = find(index, tensor, said);
        return Object.freeze(data ? { ...tensor, data } : tensor);
      }),
    ),
    steps: Object.freeze(ordered.map((item, i) => stepOf(`Step ${i}`, item))),
    inputs: numbersOf('The inputs', inputs),
    outputs: numbersOf('The outputs', outputs),
  });
}

function tensorOf(where: string, value: unknown, field: string): { readonly tensor: DeclaredTensor; readonly said: unknown } {
  const fields = recordOf(where, value, ['name', 'shape', 'type', 'quantization', field]);
  const { name, shape, type, quantization } = fields;
  const tensor = {
    name: textOf(`${where}: its name`, name),
    shape: numbersOf(`${where}: its shape`, shape),
    type: elementTypes.find(known => known === type) ?? refuseFile(`${where} has elements of ${JSON.stringify(type)}.`),
    ...(quantization === undefined ? {} : { quantization: quantizationOf(where, quantization) }),
  };
  return { tensor, said: fields[field] };
}

function quantizationOf(where: string, value: unknown): TensorQuantization {
  const { scale, zeroPoint, axis } = recordOf(`${where}: its quantization`, value, ['scale', 'zeroPoint', 'axis']);
  if (axis !== undefined && !Number.isInteger(axis)) refuseFile(`${where}: the axis of its scales is ${JSON.stringify(axis)}.`);
  return Object.freeze({
    scale: numbersOf(`${where}: its scales`, scale),
    zeroPoint: numbersOf(`${where}: its zero points`, zeroPoint),
    ...(axis === undefined ? {} : { axis: axis as number }),
  });
}

function stepOf(where: string, value: unknown): Step {
  const { op, inputs, outputs, attributes } = recordOf(where, value, ['op', 'inputs', 'outputs', 'attributes']);
  if (!isRecord(attributes)) return refuseFile(`${where}: its attributes must be a record.`);
  const own = Object.entries(attributes).map(([key, item]): [string, unknown] => [
    key,
    Array.isArray(item) ? Object.freeze([...item]) : item,
  ]);
  return Object.freeze({
    op: textOf(`${where}: its op`, op),
    inputs: numbersOf(`${where}: its inputs`, inputs),
    outputs: numbersOf(`${where}: its outputs`, outputs),
    attributes: Object.freeze(Object.fromEntries(own)) as Attributes,
  });
}

function listOf(where: string, value: unknown): readonly unknown[] {
  return Array.isArray(value) && value.length <= most.values ? value : refuseFile(`${where} must be a list.`);
}

function numbersOf(where: string, value: unknown): readonly number[] {
  const list = listOf(where, value);
  return list.every(item => typeof item === 'number') ? Object.freeze([...list] as number[]) : refuseFile(`${where} must be numbers.`);
}

function textOf(where: string, value: unknown): string {
  return typeof value === 'string' && value.length <= most.name
    ? value
    : refuseFile(`${where} must be text of at most ${most.name} characters.`);
}
