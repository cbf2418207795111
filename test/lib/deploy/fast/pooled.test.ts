import fc from 'fast-check';
import { expect, it } from 'vitest';
import { poolsOfConvolutions } from '../../../../lib/deploy/fast/pooled.ts';
import { prepareProgram } from '../../../../lib/deploy/fast/run.ts';
import type { Program, ProgramTensor, Step } from '../../../../lib/deploy/program.ts';
import { runProgram } from '../../../../lib/deploy/run.ts';
import { poolsConvolutions } from '../../../../lib/tensor/native-int8.ts';
import { randomInputs } from '../arbitrary-program.ts';

interface Sizes {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly out: number;
  /** Right shifts when negative. */
  readonly shift: number;
  readonly poolLow: number;
  readonly seed: number;
}

/** A convolution of 3 × 3 with a border and a max pool of 2 × 2, an odd line or column left over. */
function program({ height, width, channels, out, shift, poolLow, seed }: Sizes): Program {
  const int8 = (shape: readonly number[], data?: Int8Array): ProgramTensor => ({
    name: `t${shape}`,
    type: 'int8',
    shape,
    ...(data && { data }),
  });
  const pooled = [Math.floor(height / 2), Math.floor(width / 2)];
  const weight = int8([out, 3, 3, channels]);
  const [codes] = randomInputs({ tensors: [weight], inputs: [0] } as unknown as Program, { seed });
  const conv: Step = {
    op: 'conv2d',
    inputs: [0, 1],
    outputs: [2],
    attributes: {
      ...{ strides: [1, 1], dilations: [1, 1], padding: [1, 1], inputZeroPoint: -3, weightZeroPoint: [0] },
      ...{ multiplier: [1_500_000_000], shift: [shift], outputZeroPoint: 5, low: -128, high: 127 },
    },
  };
  const attributes = { window: [2, 2], strides: [2, 2], padding: [0, 0], low: poolLow, high: 120 };
  return {
    tensors: [
      { ...int8([1, height, width, channels]), name: 'x' },
      { ...int8([out, 3, 3, channels], codes as Int8Array), name: 'w' },
      { ...int8([1, height, width, out]), name: 'between' },
      { ...int8([1, ...pooled, out]), name: 'y' },
    ],
    steps: [conv, { op: 'max-pool', inputs: [2], outputs: [3], attributes }],
    inputs: [0],
    outputs: [3],
  } as unknown as Program;
}

const side = fc.integer({ min: 2, max: 17 });
const sizes: fc.Arbitrary<Sizes> = fc.record({
  ...{ height: side, width: side, channels: fc.integer({ min: 1, max: 20 }), out: fc.integer({ min: 1, max: 70 }) },
  ...{ shift: fc.constantFrom(-9, -6, -1, 0, 2), poolLow: fc.constantFrom(-128, 5), seed: fc.nat() },
});

it('a convolution and the pool behind it give the bytes of the reference', () => {
  const property = fc.property(sizes, fc.integer({ min: 1, max: 3 }), (of, count) => {
    const both = program(of);
    const inputs = randomInputs(both, { seed: of.seed + 1, count });
    const expected = runProgram(both, inputs, { interpreter: 'reference' });
    for (const threads of [1, 2]) expect(prepareProgram(both, { threads }).run(inputs)).toEqual(expected);
  });
  fc.assert(property, { numRuns: 100 });
});

it.runIf(poolsConvolutions())('they are one step only when nobody else reads what lies between', () => {
  const both = program({ height: 6, width: 6, channels: 4, out: 8, shift: -8, poolLow: -128, seed: 1 });
  expect([...poolsOfConvolutions(both)]).toEqual([[0, 1]]);
  expect(poolsOfConvolutions({ ...both, outputs: [2, 3] }).size).toBe(0);
  expect(poolsOfConvolutions({ ...both, steps: [...both.steps, both.steps[1] as Step] }).size).toBe(0);
  const [conv, pool] = both.steps as [Step, Step];
  expect(poolsOfConvolutions({ ...both, steps: [conv, { ...pool, attributes: { ...pool.attributes, strides: [1, 2] } }] }).size).toBe(0);
});
