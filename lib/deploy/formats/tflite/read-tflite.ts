import { assertProgram, type ProgramLimits } from '../../check-program.ts';
import type { Program, ProgramTensor, Step } from '../../program.ts';
import { openTflite, type TfliteFile } from './file.ts';
import type { Kernels } from './read/rule.ts';
import { rules, several } from './read/rules.ts';
import { damaged, refuseTflite } from './refuse.ts';
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
    const { op, outputs, inputs: given, where } = operator;
    if (outputs.length === 0 || (outputs.length > 1 && !several.has(op)))
      return refuseTflite(`${where} writes ${outputs.length} tensors; one is read.`, 'Convert the network without it.');
    for (const [place, output] of outputs.entries())
      rules[op]({
        kernels,
        operator,
        place,
        inputs: given.map(index => tensors[index]),
        output: tensors[output] as ProgramTensor,
        constant: (name, type, data) => tensors.push(Object.freeze({ name, shape: [data.length], type, data })) - 1,
        fold(data) {
          if (tensors[output]?.data) refuseTflite(`${where} writes a tensor that is written already.`, damaged);
          tensors[output] = Object.freeze({ ...(tensors[output] as ProgramTensor), data });
        },
        step: (name, attributes, inputs = given) =>
          steps.push(Object.freeze({ op: name, inputs: Object.freeze([...inputs]), outputs: Object.freeze([output]), attributes })),
      });
  }
  return { name: file.name, tensors, steps, inputs: file.inputs, outputs: file.outputs };
}
