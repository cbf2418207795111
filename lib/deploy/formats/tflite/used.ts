import type { Program, ProgramTensor } from '../../program.ts';

/** The program without the tensors that no step needs, the others in the same order. */
export function used({ name, tensors, steps, inputs, outputs }: Program): Program {
  const needed = new Set([...inputs, ...outputs, ...steps.flatMap(step => [...step.inputs, ...step.outputs])]);
  const order = [...tensors.keys()].filter(index => needed.has(index));
  const place = new Map(order.map((index, at) => [index, at]));
  const moved = (indices: readonly number[]): readonly number[] => Object.freeze(indices.map(index => place.get(index) ?? -1));
  return Object.freeze({
    name,
    tensors: Object.freeze(order.map(index => tensors[index] as ProgramTensor)),
    steps: Object.freeze(steps.map(step => Object.freeze({ ...step, inputs: moved(step.inputs), outputs: moved(step.outputs) }))),
    inputs: moved(inputs),
    outputs: moved(outputs),
  });
}
