import type { Program } from '../../../../../lib/deploy/program.ts';

/** A program with names in the place of indices, so that two that differ in the order of their tensors only are equal. */
export function byName({ name, tensors, steps, inputs, outputs }: Program): unknown {
  const of = (index: number): string => tensors[index]?.name ?? 'nothing';
  return {
    name,
    tensors: Object.fromEntries(tensors.map(tensor => [tensor.name, tensor])),
    steps: steps.map(step => ({ ...step, inputs: step.inputs.map(of), outputs: step.outputs.map(of) })),
    inputs: inputs.map(of),
    outputs: outputs.map(of),
  };
}
