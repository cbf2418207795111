import fc from 'fast-check';
import { expect, it } from 'vitest';
import { withoutPads } from '../../../../lib/deploy/fast/pads.ts';
import { prepareProgram } from '../../../../lib/deploy/fast/run.ts';
import type { Program, Step } from '../../../../lib/deploy/program.ts';
import { runProgram } from '../../../../lib/deploy/run.ts';
import { randomInputs } from '../arbitrary-program.ts';

interface Case {
  /** Borders: top, bottom, left, right. */
  readonly border: readonly [number, number, number, number];
  readonly value: number;
  readonly channels: number;
  readonly stride: number;
  readonly isDepthwise: boolean;
  readonly seed: number;
}

const zero = -7;

/** A pad of 5 × 6 images, and behind it a convolution of 3 × 3 that has a border of one more place at the top and at the left. */
function program({ border: [top, bottom, left, right], value, channels, stride, isDepthwise, seed }: Case): Program {
  const int8 = (name: string, shape: readonly number[]): Record<string, unknown> => ({ name, type: 'int8', shape });
  const out = isDepthwise ? channels : 5;
  const weight = int8('w', isDepthwise ? [1, 3, 3, channels] : [out, 3, 3, channels]);
  const [data] = randomInputs({ tensors: [weight], inputs: [0] } as unknown as Program, { seed });
  const padded = [5 + top + bottom, 6 + left + right];
  const after = padded.map(length => Math.floor((length + 1 - 3) / stride) + 1);
  const conv = {
    op: isDepthwise ? 'depthwise-conv2d' : 'conv2d',
    inputs: [1, 2],
    outputs: [3],
    attributes: {
      ...{ strides: [stride, stride], dilations: [1, 1], padding: [1, 1], inputZeroPoint: zero, weightZeroPoint: [0] },
      ...{ multiplier: [1_500_000_000], shift: [-7], outputZeroPoint: 5, low: -128, high: 127 },
    },
  };
  return {
    tensors: [int8('x', [1, 5, 6, channels]), int8('padded', [1, ...padded, channels]), { ...weight, data }, int8('y', [1, ...after, out])],
    steps: [{ op: 'pad', inputs: [0], outputs: [1], attributes: { paddings: [0, 0, top, bottom, left, right, 0, 0], value } }, conv],
    inputs: [0],
    outputs: [3],
  } as unknown as Program;
}

const few = fc.integer({ min: 0, max: 4 });
const cases: fc.Arbitrary<Case> = fc.record({
  border: fc.tuple(few, few, few, few),
  value: fc.constantFrom(zero, zero, 3),
  channels: fc.integer({ min: 1, max: 18 }),
  stride: fc.integer({ min: 1, max: 3 }),
  isDepthwise: fc.boolean(),
  seed: fc.nat(),
});

it('a pad and a convolution give the bytes of the reference, as one step or two', () => {
  const property = fc.property(cases, fc.integer({ min: 1, max: 3 }), (of, count) => {
    const both = program(of);
    expect(withoutPads(both).steps).toHaveLength(of.value === zero ? 1 : 2);
    const inputs = randomInputs(both, { seed: of.seed + 1, count });
    const expected = runProgram(both, inputs, { interpreter: 'reference' });
    for (const native of [true, false]) expect(prepareProgram(both, { native, threads: 2 }).run(inputs)).toEqual(expected);
  });
  fc.assert(property, { numRuns: 60 });
});

it('a pad stays that somebody else reads, that the program gives, or that pads channels', () => {
  const both = program({ border: [1, 1, 1, 1], value: zero, channels: 4, stride: 1, isDepthwise: false, seed: 1 });
  const [pad, conv] = both.steps as [Step, Step];
  expect(withoutPads({ ...both, outputs: [1, 3] }).steps).toHaveLength(2);
  expect(withoutPads({ ...both, steps: [pad, conv, { op: 'max-pool', inputs: [1], outputs: [4], attributes: {} }] }).steps).toHaveLength(3);
  expect(
    withoutPads({ ...both, steps: [{ ...pad, attributes: { paddings: [0, 0, 1, 1, 1, 1, 0, 1], value: zero } }, conv] }).steps,
  ).toHaveLength(2);
});
