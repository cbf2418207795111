import type { deploy } from 'tinylab';

// What a program shows of how it was made.

type Tensor = deploy.ProgramTensor;

/** The constants of the n-th input of each step. */
const constants = ({ steps, tensors }: deploy.Program, input: number): Tensor[] =>
  steps.flatMap(({ inputs }) => {
    const tensor = tensors[inputs[input] ?? -1];
    return tensor?.data ? [tensor] : [];
  });

/** Ops in their order, and shapes and types of what they read. */
export const shapesOf = ({ steps, tensors }: deploy.Program): string =>
  steps.map(({ op, inputs }) => `${op} ${inputs.map(i => `${tensors[i]?.type} ${tensors[i]?.shape}`)}`).join('\n');

const same = (numbers: unknown): boolean => new Set(numbers as readonly number[] | undefined).size <= 1;

/** The first kernel that has several scales, by what is said of it or by what is computed. */
export const severalScales = ({ steps, tensors }: deploy.Program): string | undefined =>
  steps
    .filter(({ inputs, attributes: { multiplier, shift } }) => {
      const kernel = tensors[inputs[1] ?? -1];
      return kernel?.data && !(same(kernel.quantization?.scale) && same(multiplier) && same(shift));
    })
    .map(({ inputs }) => tensors[inputs[1] as number]?.name as string)[0];

/** The real numbers that a constant of one scale stands for. */
function reals({ data, quantization }: Tensor): { values: number[]; step: number } {
  const step = quantization?.scale[0] ?? 1;
  return { values: Array.from({ length: data?.length ?? 0 }, (_, i) => Number(data?.[i]) * step), step };
}

const alike = (a: readonly Tensor[], b: readonly Tensor[]): boolean =>
  a.every((tensor, k) => {
    const [own, other] = [reals(tensor), reals(b[k] as Tensor)];
    return own.values.every((value, i) => Math.abs(value - (other.values[i] as number)) <= Math.max(own.step, other.step));
  });

/** Whether the kernels of two programs with one scale for each layer are the same numbers, to a step. */
export const sameKernels = (a: deploy.Program, b: deploy.Program): boolean => alike(constants(a, 1), constants(b, 1));

/** The same of their biases. */
export const sameBiases = (a: deploy.Program, b: deploy.Program): boolean => alike(constants(a, 2), constants(b, 2));
