import { LabError } from '../../tensor/errors.ts';
import { whereOf } from '../check-program.ts';
import type { IntegerOpName } from '../integer/index.ts';
import type { Program, ProgramTensor } from '../program.ts';
import { type Layer, reaches } from './reach.ts';

/** The first steps of a program, as they are computed patch by patch. */
export interface Stage {
  readonly layers: readonly Layer[];
  /** Indices of the tensors that later steps read or the program gives: those that are put together from patches. */
  readonly leaving: readonly number[];
}

/** Ops of one element each whose output has the shape of the first input only by agreement. */
const alike: ReadonlySet<string> = new Set<IntegerOpName>(['lookup', 'requantize', 'quantize', 'dequantize', 'sigmoid', 'tanh']);

/** Why a step cannot be computed patch by patch, or undefined when it can. */
function obstacle({ step, inputs, output }: Layer): string | undefined {
  if (!(step.op in reaches)) return `${step.op} is no step that looks at places nearby only`;
  if (output.shape.length !== 4) return `its output [${output.shape}] is no image [n, h, w, c]`;
  const [first] = inputs as readonly [ProgramTensor];
  if (alike.has(step.op) && first.shape.join() !== output.shape.join())
    return `its input [${first.shape}] is laid out as [${output.shape}]`;
  const isRow = ({ shape }: ProgramTensor): boolean => shape.length === 4 || shape.slice(0, -1).every(size => size === 1);
  if ('aZeroPoint' in step.attributes || step.op === 'minimum' || step.op === 'maximum')
    return inputs.every(input => input && isRow(input)) ? undefined : 'it stretches an input that is no image [n, h, w, c]';
  return undefined;
}

const layerOf = ({ tensors }: Program, step: Layer['step']): Layer => ({
  step,
  inputs: step.inputs.map(index => tensors[index]),
  output: tensors[step.outputs[0] as number] as ProgramTensor,
});

/** Inputs that a step reads whole although the stage computes them, such as a weight that is no constant. */
function computedWeight({ step }: Layer, written: ReadonlySet<number>): boolean {
  return (step.op === 'conv2d' || step.op === 'depthwise-conv2d') && step.inputs.slice(1).some(index => written.has(index));
}

/** Walks the steps from the first on, until one cannot be computed patch by patch; says why. */
function walk(program: Program): { readonly steps: number; readonly reason?: string } {
  const written = new Set<number>();
  for (const [number, step] of program.steps.entries()) {
    const layer = layerOf(program, step);
    const reason = computedWeight(layer, written) ? 'it reads a weight that is computed' : obstacle(layer);
    if (reason) return { steps: number, reason: `${whereOf(program, step, number)}: ${reason}` };
    written.add(step.outputs[0] as number);
  }
  return { steps: program.steps.length };
}

/** How many first steps of a program can be computed patch by patch: convolutions, pools, and steps that compute each element by itself. */
export function patchableSteps(program: Program): number {
  return walk(program).steps;
}

/**
 * The first `steps` steps.
 * @throws LabError `deploy/patch` when there are not as many that can be computed patch by patch.
 */
export function stageOf(program: Program, steps: number): Stage {
  const { steps: most, reason } = walk(program);
  if (!Number.isInteger(steps) || steps < 1 || steps > program.steps.length)
    refusePatches(`A stage has 1 to ${program.steps.length} steps; got ${steps}.`, `The first ${most} can be computed patch by patch.`);
  if (steps > most) refusePatches(`The first ${steps} steps cannot be computed patch by patch. ${reason}.`, `Take at most ${most}.`);
  const layers = program.steps.slice(0, steps).map(step => layerOf(program, step));
  const needed = new Set([...program.steps.slice(steps).flatMap(({ inputs }) => inputs), ...program.outputs]);
  return { layers, leaving: layers.map(({ step }) => step.outputs[0] as number).filter(index => needed.has(index)) };
}

/** The error of patches that cannot be. */
export function refusePatches(message: string, hint: string): never {
  throw new LabError('deploy/patch', message, hint);
}
