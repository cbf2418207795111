import fc from 'fast-check';
import { type IntegerOpName, integerOps } from '../../../lib/deploy/integer/index.ts';
import type { Elements, Program } from '../../../lib/deploy/program.ts';
import { random } from '../../../lib/tensor/random.ts';
import { sizeOf } from '../../../lib/tensor/shape.ts';
import { Builder, randomElements } from './random/builder.ts';
import { conv2d, conv2dTranspose, dense, depthwiseConv2d, matmul } from './random/layers.ts';
import { concat, pad, paste, reshape, slice, transpose } from './random/moves.ts';
import { dequantize, extreme, lookup, mean, multiply, pool, quantize, requantize, softmax, sum, wideFunction } from './random/values.ts';

const makers: Readonly<Record<IntegerOpName, (builder: Builder) => void>> = {
  add: sum('add'),
  subtract: sum('subtract'),
  conv2d,
  'conv2d-transpose': conv2dTranspose,
  dense,
  'depthwise-conv2d': depthwiseConv2d,
  maximum: extreme('maximum'),
  minimum: extreme('minimum'),
  lookup,
  matmul,
  mean,
  multiply,
  'average-pool': pool('average-pool'),
  'max-pool': pool('max-pool'),
  quantize,
  dequantize,
  requantize,
  concat,
  pad,
  paste,
  reshape,
  slice,
  transpose,
  softmax,
  sigmoid: wideFunction('sigmoid'),
  tanh: wideFunction('tanh'),
};

/** Names of every op, in the order of the library. */
export const opNames: readonly IntegerOpName[] = integerOps.map(({ name }) => name);

/** A program of these ops in this order, each reading what is there or a new input: the same for the same seed. It passes `assertProgram`. */
export function randomProgram(seed: number, ops: readonly IntegerOpName[]): Program {
  const builder = new Builder(random(seed));
  for (const op of ops) makers[op](builder);
  return builder.program();
}

/** Elements for `count` examples of each input of a program. */
export function randomInputs({ tensors, inputs }: Program, { seed, count = 1 }: { seed: number; count?: number }): readonly Elements[] {
  const rng = random(seed);
  return inputs.map(index => {
    const { type, shape } = tensors[index] as Program['tensors'][number];
    return randomElements(type, sizeOf(shape) * count, rng);
  });
}

/** A program with inputs for 1 to 3 examples. */
export interface ProgramCase {
  readonly program: Program;
  readonly inputs: readonly Elements[];
  readonly count: number;
}

const cases = (ops: fc.Arbitrary<readonly IntegerOpName[]>): fc.Arbitrary<ProgramCase> =>
  fc.record({ ops, seed: fc.nat(), count: fc.integer({ min: 1, max: 3 }) }).map(({ ops, seed, count }) => {
    const program = randomProgram(seed, ops);
    return { program, inputs: randomInputs(program, { seed: seed + 1, count }), count };
  });

/** One step of an op, of any types, shapes and attributes that it takes. */
export const arbitraryStep = (op: IntegerOpName): fc.Arbitrary<ProgramCase> => cases(fc.constant([op]));

/** Programs of up to 8 steps of any ops that branch and join; failing ones shrink to fewer steps. */
export const arbitraryProgram: fc.Arbitrary<ProgramCase> = cases(fc.array(fc.constantFrom(...opNames), { minLength: 1, maxLength: 8 }));
