import { LabError } from '../../tensor/errors.ts';
import { sizeOf } from '../../tensor/shape.ts';
import { bytesOf } from '../element-types.ts';
import type { Conv2dStep } from '../integer/conv2d.ts';
import { integerOpOf } from '../integer/index.ts';
import type { Program, ProgramTensor, Step } from '../program.ts';

/** What a step needs of memory beside its values. */
export interface ScratchOptions {
  /**
   * Depthwise convolutions with one output channel for each input channel may write over their input, which they read a channel at a time; a function chooses the
   * steps. Default false. It is done where nobody else needs the input and where it saves bytes.
   */
  readonly inPlaceDepthwise?: boolean | ((step: Step, number: number) => boolean);
  /**
   * Bytes that a step needs for itself while it runs. `inPlace` says whether its output overwrites its input. Default: one channel with its border for a depthwise
   * convolution in place, else none.
   */
  readonly scratch?: (step: Step, number: number, inPlace: boolean) => number;
}

/** The first input of a step, when it reads it once: what it could write over. */
function readOnce({ inputs }: Step): number | undefined {
  const [first] = inputs;
  return first !== undefined && first >= 0 && inputs.indexOf(first, 1) < 0 ? first : undefined;
}

/** What a step can write over when nobody else needs it: an input of as many bytes, or more under a depthwise convolution. */
export function overwritable(program: Program, number: number, options: ScratchOptions): number | undefined {
  const step = program.steps[number] as Step;
  const first = readOnce(step);
  if (first === undefined) return undefined;
  const [x, y] = [program.tensors[first], program.tensors[step.outputs[0] as number]] as [ProgramTensor, ProgramTensor];
  // as many bytes may still be other elements: int16 stretched to twice as many int8 would be lost before it is read
  const alike = bytesOf(x) === bytesOf(y) && sizeOf(x.shape) === sizeOf(y.shape);
  if (integerOpOf(step.op).inPlace && alike) return first;
  return wanted(step, number, options) && fitsOver(program, step) && saves(program, number, options) ? first : undefined;
}

function wanted(step: Step, number: number, { inPlaceDepthwise = false }: ScratchOptions): boolean {
  if (step.op !== 'depthwise-conv2d') return false;
  return typeof inPlaceDepthwise === 'function' ? inPlaceDepthwise(step, number) : inPlaceDepthwise;
}

/** Whether channel c of the output fits at the places that channel c of the input has, [h, w, c] both. */
function fitsOver({ tensors }: Program, { inputs, outputs }: Step): boolean {
  const [x, weight, y] = [tensors[inputs[0] as number], tensors[inputs[1] as number], tensors[outputs[0] as number]] as ProgramTensor[] as [
    ProgramTensor,
    ProgramTensor,
    ProgramTensor,
  ];
  const one = x.shape[0] === 1 && weight.shape[3] === x.shape[3];
  // values of 4 bits share bytes with their neighbours
  return one && x.type !== 'int4' && bytesOf(x) * sizeOf(y.shape) === bytesOf(y) * sizeOf(x.shape) && bytesOf(y) <= bytesOf(x);
}

/** Whether the step needs fewer bytes in place than with an output of its own. */
function saves(program: Program, number: number, options: ScratchOptions): boolean {
  const output = program.tensors[(program.steps[number] as Step).outputs[0] as number] as ProgramTensor;
  return (
    scratchOf(program, number, { ...options, inPlace: true }) < bytesOf(output) + scratchOf(program, number, { ...options, inPlace: false })
  );
}

/** Bytes that a step needs for itself. */
export function scratchOf(program: Program, number: number, { scratch, inPlace }: ScratchOptions & { readonly inPlace: boolean }): number {
  const step = program.steps[number] as Step;
  if (scratch) return scratch(step, number, inPlace);
  return inPlace && step.op === 'depthwise-conv2d' ? paddedChannelBytes(program, number) : 0;
}

/**
 * Bytes of one channel of a depthwise convolution's input with the border that its windows see: rows ((h_out - 1) · s + (k - 1) · d + 1), columns likewise.
 * Without a border that is h · w: a layer [h, w, c] in place needs (c + 1) · h · w bytes of int8 instead of 2 · c · h · w. Lin et al. 2020 (MCUNet), TinyEngine.
 * @throws LabError `deploy/scratch` for a step that is no depthwise convolution.
 */
export function paddedChannelBytes({ tensors, steps }: Program, number: number): number {
  const { op, inputs, outputs, attributes } = steps[number] ?? { op: 'nothing', inputs: [], outputs: [], attributes: {} };
  if (op !== 'depthwise-conv2d')
    throw new LabError(
      'deploy/scratch',
      `Step ${number} is no depthwise-conv2d but ${op}.`,
      'Ask for the scratch of depthwise convolutions only.',
    );
  const [x, weight, y] = [tensors[inputs[0] as number], tensors[inputs[1] as number], tensors[outputs[0] as number]] as ProgramTensor[];
  const { strides, dilations } = attributes as Conv2dStep;
  const reach = (side: 0 | 1): number =>
    ((y?.shape[side + 1] as number) - 1) * strides[side] + ((weight?.shape[side + 1] as number) - 1) * dilations[side] + 1;
  return bytesOf({ shape: [reach(0), reach(1)], type: (x as ProgramTensor).type });
}
