import { LabError } from '../../tensor/errors.ts';
import { sizeOf } from '../../tensor/shape.ts';
import { inspectProgram } from '../inspect-program.ts';
import type { Program, ProgramTensor, Step } from '../program.ts';

/** Instructions that the C of a program takes on a Cortex-M4 or M7, modelled for one example. */
export interface InstructionEstimate {
  readonly instructions: number;
  /** By step, in the order of the program. */
  readonly steps: readonly StepEstimate[];
}

/** Instructions of one step. */
export interface StepEstimate {
  readonly op: string;
  /** Name of the tensor that it writes. */
  readonly name: string;
  readonly instructions: number;
}

/** What a step does, counted. */
interface Counted {
  readonly macs: number;
  /** Values that it reads from its first input that is there, and values that it writes. */
  readonly read: number;
  readonly written: number;
  /** Values that a convolution copies out of windows of more than one place. */
  readonly gathered: number;
}

/** Instructions for each of these. */
type Rates = Partial<Counted>;

/**
 * Fitted by least squares of relative errors to 1,060 steps of 26 programs (the family `fashion-mnist-tiny`, whole and in patches, and `fashion-mnist-vgg`) that
 * `runOnMcu` ran on a Cortex-M4, compiled by gcc 12.2.
 */
const rates: Readonly<Record<string, Rates>> = {
  conv2d: { macs: 0.844, written: 8.19, gathered: 4.78 },
  'depthwise-conv2d': { macs: 1.7, read: 2.9 },
  dense: { macs: 1.79, written: 10.2 },
  mean: { read: 2.46 },
  'average-pool': { read: 4.2 },
  'max-pool': { read: 3.6 },
  // every row of a patch is copied by itself
  slice: { written: 0.9 },
  paste: { read: 1.5 },
  reshape: {},
};

/**
 * How many instructions the C of `emitC` takes for one example on a Cortex-M4 or M7: a model of what `runOnMcu` counts, for machines without compiler and emulator and
 * for searches. Products, values that are written, and values that are copied out of windows each have their rate, by the kind of step. Within 3 % for whole
 * networks like those it was fitted to; one step can be off by a fifth.
 * @throws LabError `deploy/estimate` for a step that was not measured or that is not of int8; the errors of `inspectProgram`.
 * @example
 * const program = deploy.outlineProgram(mlp({ input: [40], hidden: [80], classes: 20 }));
 * deploy.estimateInstructions(program).steps.map(({ op }) => op); // → ['reshape', 'dense', 'dense']
 */
export function estimateInstructions(program: Program): InstructionEstimate {
  const facts = inspectProgram(program);
  const steps = program.steps.map((step, i): StepEstimate => {
    const { macs, name } = facts.steps[i] as { macs: number; name: string };
    const counted = countsOf(program, { step, macs, where: `Step ${i} (${step.op}, writes ${name})` });
    const entries = Object.entries(rates[step.op] as Rates) as [keyof Counted, number][];
    return { op: step.op, name, instructions: entries.reduce((sum, [what, rate]) => sum + rate * counted[what], 0) };
  });
  return { instructions: steps.reduce((sum, { instructions }) => sum + instructions, 0), steps };
}

interface Placed {
  readonly step: Step;
  readonly macs: number;
  readonly where: string;
}

function countsOf({ tensors }: Program, { step: { op, inputs, outputs }, macs, where }: Placed): Counted {
  if (!rates[op]) refuse(`${where}: instructions of this kind of step were not measured.`);
  const [first, ...others] = inputs.flatMap(index => tensors[index] ?? []);
  const output = tensors[outputs[0] as number] as ProgramTensor;
  const values = op === 'paste' ? [others[0] ?? first] : [first, ...(macs > 0 ? others.slice(0, 1) : [])];
  for (const tensor of [...values, output])
    if (tensor && tensor.type !== 'int8') refuse(`${where}: ${tensor.name} is ${tensor.type}, and only int8 was measured.`);
  const [, height = 1, width = 1, channels = 1] = op === 'conv2d' ? (others[0]?.shape ?? []) : [];
  const written = sizeOf(output.shape);
  const places = written / (output.shape.at(-1) ?? 1);
  return { macs, read: sizeOf(values[0]?.shape ?? []), written, gathered: height * width > 1 ? places * height * width * channels : 0 };
}

function refuse(message: string): never {
  throw new LabError('deploy/estimate', message, 'Run it on the emulated microcontroller: deploy.runOnMcu(program).');
}
