import { assertAttributes } from '../model/attributes.ts';
import { LabError } from '../tensor/errors.ts';
import { sizeOf } from '../tensor/shape.ts';
import { bytesOf, elementTypes, holds, isElements } from './element-types.ts';
import { integerOpOf } from './integer/index.ts';
import type { Declared } from './integer/op.ts';
import type { Program, ProgramTensor, Step } from './program.ts';

/** What a program may cost. */
export interface ProgramLimits {
  /** All its tensors together; default 1 GiB. */
  readonly maximumBytes?: number;
  /** Multiply-accumulates, or elements read and written where those are more, of all its steps together, for one input; default 2^40. */
  readonly maximumMacs?: number;
}

/** What messages call a step: its number, its op and what it writes. */
export function whereOf({ tensors }: Program, step: Step, index: number): string {
  return `Step ${index} (${step.op}, writes ${tensors[step.outputs[0] ?? -1]?.name ?? 'nothing'})`;
}

/**
 * Refuses a program that cannot run as it stands: tensors whose elements do not fit their shape, steps that read what is not written yet, write what is
 * there already, or whose shapes, types and attributes do not fit each other. After it, running reads and writes inside its arrays only.
 * @throws LabError `deploy/program`, `deploy/step`, `deploy/op`, `model/attribute`, `deploy/limit`.
 */
export function assertProgram(program: Program, { maximumBytes = 2 ** 30, maximumMacs = 2 ** 40 }: ProgramLimits = {}): void {
  const { tensors, steps } = program;
  let bytes = 0;
  for (const [index, tensor] of tensors.entries()) {
    assertTensor(tensor, index);
    bytes += bytesOf(tensor);
  }
  assertLimit('bytes of tensors', bytes, maximumBytes);
  const written = new Set([...program.inputs, ...[...tensors.keys()].filter(index => tensors[index]?.data !== undefined)]);
  for (const index of program.inputs) if (!tensors[index] || tensors[index].data) refuse(`input ${index} is no tensor without elements.`);
  if (program.inputs.length === 0 || new Set(program.inputs).size < program.inputs.length)
    refuse('its inputs are none, or one of them twice.');
  let macs = 0;
  for (const [number, step] of steps.entries()) macs += assertStep(program, step, { number, written });
  assertLimit('multiply-accumulates and elements', macs, maximumMacs);
  if (program.outputs.length === 0 || program.outputs.some(index => !written.has(index))) refuse('an output is written by no step.');
}

/** Refuses a step that cannot run, notes what it writes, and returns what it costs. */
function assertStep(program: Program, step: Step, { number, written }: { readonly number: number; readonly written: Set<number> }): number {
  const { tensors } = program;
  const where = whereOf(program, step, number);
  const op = integerOpOf(step.op);
  const [least, most] = op.arity;
  if (step.inputs.length < least || step.inputs.length > most)
    refuse(`${where} has ${step.inputs.length} inputs; expected ${least === most ? least : `from ${least} to ${most}`}.`);
  for (const index of step.inputs)
    if (index !== -1 && !written.has(index))
      refuse(`${where} reads tensor ${index} (${tensors[index]?.name ?? 'none'}), which nothing has written.`);
  if (step.outputs.length !== 1) refuse(`${where} writes ${step.outputs.length} tensors; every op writes one.`);
  for (const index of step.outputs) {
    if (!tensors[index] || written.has(index))
      refuse(`${where} writes tensor ${index}, which is ${tensors[index] ? 'written already' : 'none'}.`);
    written.add(index);
  }
  assertAttributes({ id: where, op: step.op, attributes: step.attributes, inputs: [], parameters: {} }, op.attributes);
  const of = (index: number): Declared | undefined => tensors[index];
  const values = { inputs: step.inputs.map(of), outputs: step.outputs.map(of) as Declared[], attributes: step.attributes, where };
  op.check(values);
  return Math.max(op.macs?.(values) ?? 0, op.work?.(values) ?? 0, touched(values));
}

/** Elements that a step reads and writes. */
function touched({
  inputs,
  outputs,
}: {
  readonly inputs: readonly (Declared | undefined)[];
  readonly outputs: readonly Declared[];
}): number {
  return [...inputs, ...outputs].reduce((sum, value) => sum + (value ? sizeOf(value.shape) : 0), 0);
}

function assertTensor({ name, shape, type, data, quantization }: ProgramTensor, index: number): void {
  const where = `tensor ${index} (${name})`;
  if (!elementTypes.includes(type)) refuse(`${where} has elements of ${String(type)}.`);
  if (!shape.every(size => Number.isSafeInteger(size) && size >= 0) || shape.length > 8 || sizeOf(shape) > 2 ** 31)
    refuse(`${where} has shape [${shape}].`);
  if (data && (!isElements(type, data) || data.length !== sizeOf(shape)))
    refuse(`${where}, ${type} [${shape}], holds ${data.length} elements in a ${data.constructor.name}.`);
  if (data && !holds(type, data)) refuse(`${where} holds an element that ${type} has not.`);
  if (!quantization) return;
  const { scale, zeroPoint, axis } = quantization;
  const count = axis === undefined ? 1 : Number.isInteger(axis) ? shape[axis] : undefined;
  if (
    scale.length !== count ||
    zeroPoint.length !== count ||
    !scale.every(s => s > 0 && Number.isFinite(s)) ||
    !zeroPoint.every(Number.isInteger)
  )
    refuse(`${where} needs ${count} positive scales and as many whole zero points; got ${scale.length} and ${zeroPoint.length}.`);
}

function assertLimit(what: string, found: number, most: number): void {
  if (found <= most) return;
  throw new LabError(
    'deploy/limit',
    `The program has ${found} ${what}; at most ${most} are allowed.`,
    'Make the network smaller, or raise the limit.',
  );
}

function refuse(message: string): never {
  throw new LabError('deploy/program', `A program that cannot run: ${message}`, 'lowerModel and readTflite give programs that can.');
}
