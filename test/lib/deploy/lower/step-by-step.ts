import { zerosOf } from '../../../../lib/deploy/element-types.ts';
import { integerOpOf } from '../../../../lib/deploy/integer/index.ts';
import type { Value } from '../../../../lib/deploy/integer/op.ts';
import type { Elements, Program, ProgramTensor } from '../../../../lib/deploy/program.ts';
import { quantizeInput } from '../../../../lib/deploy/real-values.ts';
import { array } from '../../../../lib/tensor/array.ts';
import { sizeOf } from '../../../../lib/tensor/shape.ts';

/** How far the integers that a step writes lie from those of the model. */
export interface StepError {
  readonly op: string;
  readonly name: string;
  /** The largest difference, in steps of the grid. */
  readonly largest: number;
  readonly count: number;
  /** Integers that differ. */
  readonly differing: number;
}

/**
 * Runs each step on the integers that the model itself has there, for one example, so that nothing adds up: `values` are the model's real values by node. A
 * tensor that no node has is taken from the step before.
 */
export function stepErrors(program: Program, values: Readonly<Record<string, Float32Array>>, example: number): StepError[] {
  const truth = (tensor: ProgramTensor): Float64Array | undefined => {
    const real = values[tensor.name];
    const { scale, zeroPoint } = tensor.quantization ?? { scale: [], zeroPoint: [] };
    const size = sizeOf(tensor.shape);
    return (
      real &&
      Float64Array.from(real.subarray(example * size, (example + 1) * size), x => x / (scale[0] as number) + (zeroPoint[0] as number))
    );
  };
  const codes = (tensor: ProgramTensor): Elements | undefined => {
    const exact = truth(tensor);
    if (!exact?.every(q => Math.abs(q - Math.round(q)) < 1e-2)) return undefined;
    const data = zerosOf(tensor.type, exact.length) as Int32Array;
    for (const [i, q] of exact.entries()) data[i] = Math.round(q);
    return data;
  };
  const stored: (Value | undefined)[] = program.tensors.map((tensor, index) => {
    const data = tensor.data ?? (program.inputs.includes(index) ? given(program, { values, example, index }) : codes(tensor));
    return data && { shape: tensor.shape, type: tensor.type, data };
  });
  return program.steps.map(step => {
    const index = step.outputs[0] as number;
    const tensor = program.tensors[index] as ProgramTensor;
    const data = zerosOf(tensor.type, sizeOf(tensor.shape));
    const output = { shape: tensor.shape, type: tensor.type, data };
    const inputs = step.inputs.map(i => stored[i]);
    if (inputs.some((input, i) => !input && step.inputs[i] !== -1))
      throw new Error(`nothing is known of what ${step.op} ${tensor.name} reads`);
    integerOpOf(step.op).run({ inputs, outputs: [output], attributes: step.attributes, where: tensor.name });
    stored[index] ??= output;
    const expected = truth(tensor) ?? Float64Array.from(data as Int8Array);
    const errors = expected.map((q, i) => Math.abs(q - Number(data[i])));
    return {
      op: step.op,
      name: tensor.name,
      largest: errors.reduce((a, b) => Math.max(a, b), 0),
      count: errors.length,
      differing: errors.filter(e => e > 0.01).length,
    };
  });
}

/** The integers of an input, whose real values lie on no grid yet. */
function given(
  program: Program,
  { values, example, index }: { readonly values: Readonly<Record<string, Float32Array>>; readonly example: number; readonly index: number },
): Elements {
  const { name, shape } = program.tensors[index] as ProgramTensor;
  const size = sizeOf(shape);
  const real = values[name.replace(/\.quantize$/, '')] as Float32Array;
  const one = array(shape, real.slice(example * size, (example + 1) * size));
  return quantizeInput(program, one, program.inputs.indexOf(index));
}
