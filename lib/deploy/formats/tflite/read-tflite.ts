import { assertProgram, type ProgramLimits } from '../../check-program.ts';
import type { Program, ProgramTensor, Step } from '../../program.ts';
import { openTflite, type TfliteFile } from './file.ts';
import type { Kernels } from './read/rule.ts';
import { rules } from './read/rules.ts';
import { refuseTflite } from './refuse.ts';
import { used } from './used.ts';

/** How a file becomes a program. */
export interface TfliteReading extends ProgramLimits {
  /** Whose arithmetic the program repeats; default `litert`. */
  readonly kernels?: Kernels;
}

/**
 * The network of a .tflite file as a program: one step for each operator, with the multipliers, shifts and clamps that LiteRT works out of the file's
 * scales, so that it computes what LiteRT's reference kernels do, in every byte. Constants that only say how an operator works (axes, shapes) become
 * attributes. Files may come from anywhere: every offset and size is checked before it is used, and memory is taken in proportion to the file.
 * @throws LabError `deploy/tflite` for a damaged file and for operators, types and options that have no integer form here, by name; the errors of
 * `assertProgram`; `deploy/multiplier`.
 */
export function readTflite(bytes: Uint8Array, { kernels = 'litert', ...limits }: TfliteReading = {}): Program {
  const program = used(programOf(openTflite(bytes), kernels));
  assertProgram(program, limits);
  return program;
}

function programOf(file: TfliteFile, kernels: Kernels): Program {
  const tensors = [...file.tensors];
  const steps: Step[] = [];
  for (const operator of file.operators) {
    const [output, ...more] = operator.outputs;
    if (output === undefined || more.length > 0)
      return refuseTflite(`${operator.where} writes ${operator.outputs.length} tensors; one is read.`, 'Convert the network without it.');
    rules[operator.op]({
      kernels,
      operator,
      inputs: operator.inputs.map(index => tensors[index]),
      output: tensors[output] as ProgramTensor,
      constant: (name, type, data) => tensors.push(Object.freeze({ name, shape: [data.length], type, data })) - 1,
      step: (op, attributes, inputs = operator.inputs) =>
        steps.push(Object.freeze({ op, inputs: Object.freeze([...inputs]), outputs: Object.freeze([output]), attributes })),
    });
  }
  return { name: file.name, tensors, steps, inputs: file.inputs, outputs: file.outputs };
}
