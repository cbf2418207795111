import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assertProgram } from '../../../../lib/deploy/check-program.ts';
import { paddedChannelBytes } from '../../../../lib/deploy/plan/in-place.ts';
import { programBuffers } from '../../../../lib/deploy/plan/lifetimes.ts';
import { bytesBelow, bytesIn, mostAtOnce, type Placeable } from '../../../../lib/deploy/plan/placeable.ts';
import { peakBytes, planMemory } from '../../../../lib/deploy/plan/plan.ts';
import { greedyBySize, greedyByTime, linear } from '../../../../lib/deploy/plan/strategies.ts';
import type { Elements, Program } from '../../../../lib/deploy/program.ts';
import { runProgram } from '../../../../lib/deploy/run.ts';
import { opNames, randomInputs, randomProgram } from '../arbitrary-program.ts';
import { runInArena } from './arena.ts';
import { depthwiseChain, type LayerShape } from './layers.ts';

const inPlaceDepthwise = true;

/** Peaks of a layer alone, without and with writing over its input. */
const peaks = (shape: LayerShape): readonly number[] => {
  const program = depthwiseChain([shape]);
  return [peakBytes(program), peakBytes(program, { inPlaceDepthwise })];
};

describe('a depthwise convolution in place', () => {
  it('takes (c + 1)hw bytes instead of 2chw, without a border', () => {
    expect(peaks({ size: 10, channels: 16, kernel: 1, padding: 0 })).toEqual([2 * 16 * 100, 17 * 100]);
    // 8 × 8 places of the output lie in the first of 10 × 10
    expect(peaks({ size: 10, channels: 16, padding: 0 })).toEqual([16 * 100 + 16 * 64, 17 * 100]);
  });

  it('takes one channel with its border', () => {
    expect(peaks({ size: 10, channels: 16 })).toEqual([2 * 16 * 100, 16 * 100 + 12 * 12]);
    expect(peaks({ size: 10, channels: 16, kernel: 5, padding: 2 })).toEqual([2 * 16 * 100, 16 * 100 + 14 * 14]);
    // with stride 2 windows see 11 of 12 rows
    expect(peaks({ size: 10, channels: 16, stride: 2 })).toEqual([16 * 125, 16 * 100 + 11 * 11]);
    expect(paddedChannelBytes(depthwiseChain([{ size: 10, channels: 16, stride: 2 }]), 0)).toBe(121);
  });

  it('gives back what is behind its output from the next step on', () => {
    const program = depthwiseChain([
      { size: 8, channels: 6, stride: 2 },
      { size: 4, channels: 6 },
    ]);
    expect(programBuffers(program, { inPlaceDepthwise })).toEqual([
      { tensors: [0, 3, 6], bytes: 384, from: 0, to: 2, shrinks: [{ from: 1, bytes: 96 }] },
      { tensors: [], bytes: 81, from: 0, to: 0, scratch: 0 },
      { tensors: [], bytes: 36, from: 1, to: 1, scratch: 1 },
    ]);
  });

  it('is done only where it is wanted, saves bytes, and nobody else needs the input', () => {
    const held = (program: Program, options = {}) =>
      programBuffers(program, { inPlaceDepthwise, ...options })
        .filter(({ scratch }) => scratch === undefined)
        .map(({ tensors }) => tensors);
    const two = depthwiseChain([
      { size: 8, channels: 6 },
      { size: 8, channels: 6 },
    ]);
    expect(held(two)).toEqual([[0, 3, 6]]);
    expect(held(two, { inPlaceDepthwise: (_: unknown, number: number) => number === 1 })).toEqual([[0], [3, 6]]);
    expect(held({ ...two, outputs: [3, 6] })).toEqual([[0, 3], [6]]);
    // a border makes one channel larger than the output of one
    expect(held(depthwiseChain([{ size: 8, channels: 1 }]))).toEqual([[0], [3]]);
    // the output is larger than the input
    expect(held(depthwiseChain([{ size: 8, channels: 6, padding: 2 }]))).toEqual([[0], [3]]);
  });

  it('takes what the caller says, who is told whether it is in place', () => {
    const program = depthwiseChain([{ size: 8, channels: 6 }]);
    const scratch = (_: unknown, __: number, inPlace: boolean): number => (inPlace ? 200 : 10);
    expect(peakBytes(program, { scratch })).toBe(2 * 384 + 10);
    expect(peakBytes(program, { scratch, inPlaceDepthwise })).toBe(384 + 200);
    expect(planMemory(program, { scratch }).buffers.map(buffer => buffer.scratch)).toEqual([undefined, undefined, 0]);
    expect(() => paddedChannelBytes(program, 1)).toThrow(/Step 1/);
    for (const bytes of [-1, 0.5, Number.NaN]) expect(() => peakBytes(program, { scratch: () => bytes })).toThrow(/Step 0 .*scratch/);
  });
});

describe('buffers that shrink', () => {
  const shrinking: Placeable = {
    bytes: 30,
    from: 1,
    to: 9,
    shrinks: [
      { from: 4, bytes: 10 },
      { from: 6, bytes: 5 },
    ],
  };

  it('have a size in each step', () => {
    expect([1, 3, 4, 5, 6, 9].map(step => bytesIn(shrinking, step))).toEqual([30, 30, 10, 10, 5, 5]);
    expect(bytesBelow(shrinking, { bytes: 1, from: 5, to: 20 })).toBe(10);
    expect(bytesBelow(shrinking, { bytes: 1, from: 0, to: 20 })).toBe(30);
    expect(bytesBelow(shrinking, { bytes: 1, from: 10, to: 20 })).toBe(0);
    expect(mostAtOnce([shrinking, { bytes: 12, from: 4, to: 5 }, { bytes: 26, from: 6, to: 6 }])).toBe(31);
  });

  it('leave what is behind them to others', () => {
    const late = { bytes: 20, from: 4, to: 9 };
    for (const strategy of [greedyBySize, greedyByTime]) expect(strategy([shrinking, late])).toEqual([0, 10]);
    // one that was there before lies above, or below
    expect(greedyByTime([shrinking, { bytes: 20, from: 3, to: 9 }])).toEqual([0, 30]);
    expect(
      greedyBySize([
        { ...shrinking, bytes: 15 },
        { bytes: 20, from: 3, to: 9 },
      ]),
    ).toEqual([20, 0]);
  });
});

/** Programs in which depthwise convolutions come often. */
const withDepthwise = fc
  .record({
    ops: fc.array(fc.constantFrom(...opNames, ...new Array<'depthwise-conv2d'>(20).fill('depthwise-conv2d')), {
      minLength: 1,
      maxLength: 8,
    }),
    seed: fc.nat(),
  })
  .map(({ ops, seed }) => ({ program: randomProgram(seed, ops), seed }));

describe('a program in its arena', () => {
  let shared = 0;
  for (const [name, strategy] of Object.entries({ linear, greedyBySize, greedyByTime }))
    it(`${name}: gives the same with depthwise convolutions in place`, () => {
      fc.assert(
        fc.property(withDepthwise, ({ program, seed }) => {
          // four bits lie two a byte in an arena, and one a byte where they are computed with
          fc.pre(program.tensors.every(({ type, data }) => data || type !== 'int4'));
          assertProgram(program);
          const inputs = randomInputs(program, { seed });
          const options = {
            strategy,
            inPlaceDepthwise,
            scratch: ({ op }: { op: string }, i: number, inPlace: boolean) =>
              inPlace && op === 'depthwise-conv2d' ? paddedChannelBytes(program, i) : 5,
          };
          const plan = planMemory(program, options);
          shared += plan.buffers.filter(({ shrinks }) => shrinks).length;
          expect(runInArena(program, inputs, plan)).toEqual(runProgram(program, inputs).outputs as Elements[]);
        }),
        { numRuns: 150 },
      );
    });

  it('was asked of buffers that shrink', () => expect(shared).toBeGreaterThan(10));
});
