import { LabError } from '../../../tensor/errors.ts';
import { assertProgram, whereOf } from '../../check-program.ts';
import type { IntegerOpName } from '../../integer/index.ts';
import type { Program, ProgramTensor } from '../../program.ts';
import { readTflite } from './read-tflite.ts';
import { refuseTflite } from './refuse.ts';
import { differenceOf } from './same.ts';
import { tfliteBytes, type WrittenFile, type WrittenOperator } from './write/bytes.ts';
import { prepared } from './write/prepare.ts';
import { rules } from './write/rules.ts';
import { versionOf } from './write/version.ts';

/**
 * A program as a .tflite file, one operator for each step, weights of four bits packed, scales for each channel where they are. A file holds scales, not
 * multipliers: a reader works them out, so a program can be written when its multipliers are those that LiteRT works out of the scales of its
 * tensors, as they are in programs of `lowerModel` and `readTflite`. What is written is read back and compared, so that it is the same program. Three
 * things are rewritten, without a change of results: weights with zero points become q - z, borders that are neither SAME nor VALID become a step, and
 * biases get scales.
 *
 * LiteRT's reference kernels compute what the program does in every byte, but for dense layers without `factor`: those round twice here, as on
 * microcontrollers, and once there; `readTflite(writeTflite(program))` has the factors.
 * @throws LabError `deploy/tflite` for a step that no operator computes, with what differs; the errors of `assertProgram`.
 */
export function writeTflite(program: Program): Uint8Array {
  assertProgram(program);
  const ready = prepared(program);
  const kernels = kernelsOf(ready);
  const bytes = tfliteBytes(fileOf(ready));
  const difference = differenceOf(ready, readAgain(bytes, kernels));
  if (difference === undefined) return bytes;
  return refuseTflite(
    `The program ${program.name} has no .tflite form: there, ${difference}.`,
    'Multipliers and clamps of a file follow from the scales of its tensors: give each tensor the scale that its steps compute with.',
  );
}

/** Whether dense layers round once or twice: all of a file do it alike. */
function kernelsOf({ name, steps }: Program): 'litert' | 'micro' {
  const once = new Set(steps.filter(({ op }) => op === 'dense').map(({ attributes }) => attributes.factor !== undefined));
  if (once.size > 1)
    return refuseTflite(`Some dense layers of ${name} have real factors and some have not.`, 'Give them to all of them, or to none.');
  return once.has(true) ? 'litert' : 'micro';
}

function readAgain(bytes: Uint8Array, kernels: 'litert' | 'micro'): Program {
  try {
    return readTflite(bytes, { kernels });
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    return refuseTflite(`The program has no .tflite form: in a file, ${error.message}`, error.hint);
  }
}

function fileOf(program: Program): WrittenFile {
  const tensors = [...program.tensors];
  const operators: WrittenOperator[] = [];
  for (const [index, step] of program.steps.entries()) {
    const output = tensors[step.outputs[0] as number] as ProgramTensor;
    rules[step.op as IntegerOpName]({
      step,
      where: whereOf(program, step, index),
      attributes: step.attributes,
      inputs: step.inputs.map(i => tensors[i]),
      output,
      constant: (name, constant) => tensors.push({ name, ...constant }) - 1,
      operator: (op, { options = [], inputs = step.inputs } = {}) =>
        operators.push({
          op,
          version: versionOf(
            op,
            inputs.map(i => tensors[i]),
            output,
          ),
          inputs,
          outputs: step.outputs,
          options,
        }),
    });
  }
  return { name: program.name, tensors, operators, inputs: program.inputs, outputs: program.outputs };
}
