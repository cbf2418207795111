import type { Shape } from '../tensor/shape.ts';
import { bytesOf } from './element-types.ts';
import { integerOpOf } from './integer/index.ts';
import { peakBytes } from './plan/plan.ts';
import type { ElementType, Program, ProgramTensor, Step } from './program.ts';

/** What one step of a program is and costs, for one example. */
export interface StepFacts {
  /** Name of the tensor that it writes. */
  readonly name: string;
  readonly op: string;
  readonly type: ElementType;
  readonly shape: Shape;
  /** Multiply-accumulates. */
  readonly macs: number;
  /** Bytes of the constants that it reads. */
  readonly constantBytes: number;
  /** Bytes of the value that it writes. */
  readonly outputBytes: number;
}

/** What a program is and costs, for one example. */
export interface ProgramFacts {
  readonly steps: readonly StepFacts[];
  /** Multiply-accumulates of all steps. */
  readonly macs: number;
  /** Bytes of all constants: weights, biases and tables, those of 4 bits two a byte. */
  readonly constantBytes: number;
  /** See `peakBytes`. */
  readonly peakBytes: number;
}

/**
 * What a program costs: multiply-accumulates, bytes of constants, and the most bytes of values at one time.
 */
export function inspectProgram(program: Program): ProgramFacts {
  const steps = program.steps.map((step, i) => factsOf(program, step, i));
  return {
    steps,
    macs: steps.reduce((sum, { macs }) => sum + macs, 0),
    constantBytes: program.tensors.reduce((sum, tensor) => sum + (tensor.data ? bytesOf(tensor) : 0), 0),
    peakBytes: peakBytes(program),
  };
}

function factsOf({ tensors }: Program, { op, inputs, outputs, attributes }: Step, number: number): StepFacts {
  const output = tensors[outputs[0] as number] as ProgramTensor;
  const read = [...new Set(inputs)].flatMap(index => tensors[index] ?? []);
  const { name, type, shape } = output;
  const values = {
    inputs: inputs.map(index => tensors[index]),
    outputs: [output],
    attributes,
    where: `Step ${number} (${op}, writes ${name})`,
  };
  return {
    name,
    op,
    type,
    shape,
    macs: integerOpOf(op).macs?.(values) ?? 0,
    constantBytes: read.reduce((sum, tensor) => sum + (tensor.data ? bytesOf(tensor) : 0), 0),
    outputBytes: bytesOf(output),
  };
}
