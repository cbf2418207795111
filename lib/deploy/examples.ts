import { LabError } from '../tensor/errors.ts';
import { sizeOf } from '../tensor/shape.ts';
import { holds, isElements } from './element-types.ts';
import type { Elements, Program, ProgramTensor } from './program.ts';

/**
 * How many examples the inputs of a program hold.
 * @throws LabError `deploy/input` for inputs that are not as many, not of the type or not whole examples.
 */
export function countOf(program: Program, inputs: readonly Elements[]): number {
  const refuse = (message: string): never => {
    throw new LabError('deploy/input', message, 'quantizeInput(program, images) makes the integers that a program takes.');
  };
  if (inputs.length !== program.inputs.length) refuse(`The program takes ${program.inputs.length} inputs; got ${inputs.length}.`);
  const counts = inputs.map((input, i) => {
    const { name, type, shape } = program.tensors[program.inputs[i] as number] as ProgramTensor;
    const size = sizeOf(shape);
    if (!isElements(type, input)) refuse(`Input ${name} holds ${type}; got ${Object.prototype.toString.call(input).slice(8, -1)}.`);
    if (!holds(type, input)) refuse(`Input ${name} holds a number that ${type} has not.`);
    if (size === 0 || input.length % size !== 0)
      refuse(`Input ${name} takes ${size} elements an example, [${shape}]; got ${input.length}.`);
    return input.length / size;
  });
  if (new Set(counts).size > 1) refuse(`Inputs hold ${counts.join(' and ')} examples.`);
  return counts[0] as number;
}
