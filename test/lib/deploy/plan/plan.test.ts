import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inspectProgram } from '../../../../lib/deploy/inspect-program.ts';
import { programBuffers } from '../../../../lib/deploy/plan/lifetimes.ts';
import type { Placeable } from '../../../../lib/deploy/plan/placeable.ts';
import { type MemoryPlan, peakBytes, planMemory } from '../../../../lib/deploy/plan/plan.ts';
import { greedyBySize, greedyByTime, linear } from '../../../../lib/deploy/plan/strategies.ts';
import type { Elements, Program, Step } from '../../../../lib/deploy/program.ts';
import { runProgram } from '../../../../lib/deploy/run.ts';
import { arbitraryProgram, randomInputs } from '../arbitrary-program.ts';
import { runInArena } from './arena.ts';

const strategies = { linear, greedyBySize, greedyByTime };

/** A program of copies: each step reads these and writes a value of so many bytes. It is planned, never run. */
function chain(
  sizes: readonly number[],
  steps: readonly (readonly [op: string, inputs: readonly number[], output: number])[],
  outputs: readonly number[],
): Program {
  const tensors = sizes.map((size, i) => ({ name: `t${i}`, shape: [size], type: 'int8' as const }));
  return {
    name: 'chain',
    tensors,
    steps: steps.map(([op, inputs, output]): Step => ({ op, inputs, outputs: [output], attributes: {} })),
    inputs: [0],
    outputs,
  };
}

/** No two buffers that are there in one step share a byte: asked of each step by itself. */
function assertApart({ buffers }: MemoryPlan, steps: number): void {
  for (let step = 0; step <= steps; step++) {
    const here = buffers.filter(({ from, to }) => from <= step && step <= to).sort((a, b) => a.offset - b.offset);
    for (const [i, { offset, bytes }] of here.entries())
      expect(here[i + 1]?.offset ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(offset + bytes);
  }
}

describe('buffers of a program', () => {
  it('live from the step that writes them to the last that reads them', () => {
    const program = chain(
      [10, 20, 30, 5],
      [
        ['concat', [0], 1],
        ['concat', [1], 2],
        ['concat', [0, 2], 3],
      ],
      [3],
    );
    expect(programBuffers(program)).toEqual([
      { tensors: [0], bytes: 10, from: 0, to: 2 },
      { tensors: [1], bytes: 20, from: 0, to: 1 },
      { tensors: [2], bytes: 30, from: 1, to: 2 },
      { tensors: [3], bytes: 5, from: 2, to: 3 },
    ]);
    expect(peakBytes(program)).toBe(10 + 20 + 30);
  });

  it('are overwritten where nobody else needs them, and only there', () => {
    const held = (steps: Parameters<typeof chain>[1], outputs: readonly number[] = [2]) =>
      programBuffers(chain([8, 8, 8], steps, outputs)).map(({ tensors }) => tensors);
    expect(
      held([
        ['reshape', [0], 1],
        ['reshape', [1], 2],
      ]),
    ).toEqual([[0, 1, 2]]);
    // a later step reads it
    expect(
      held([
        ['reshape', [0], 1],
        ['concat', [0, 1], 2],
      ]),
    ).toEqual([[0], [1], [2]]);
    // it leaves the program
    expect(
      held(
        [
          ['reshape', [0], 1],
          ['reshape', [1], 2],
        ],
        [1, 2],
      ),
    ).toEqual([[0, 1], [2]]);
    // the step reads it twice
    expect(
      held([
        ['add', [0, 0], 1],
        ['add', [1, 0], 2],
      ]),
    ).toEqual([[0], [1, 2]]);
    // the op reads what it has written over
    expect(
      held([
        ['transpose', [0], 1],
        ['transpose', [1], 2],
      ]),
    ).toEqual([[0], [1], [2]]);
  });

  it('are not overwritten by other elements, though they have as many bytes', () => {
    const given = [
      { name: 'x', shape: [1, 11], type: 'int16' as const },
      { name: 'k', shape: [2, 1], type: 'int8' as const },
    ];
    const wide = {
      name: 'stretched',
      tensors: [...given, { name: 'y', shape: [2, 11], type: 'int8' as const }],
      steps: [{ op: 'multiply', inputs: [0, 1], outputs: [2], attributes: {} }],
      inputs: [0, 1],
      outputs: [2],
    };
    expect(programBuffers(wide).map(({ tensors }) => tensors)).toEqual([[0], [1], [2]]);
  });

  it('are as large as their types, constants apart; a value that nobody reads has one step', () => {
    const program: Program = {
      name: 'types',
      tensors: [
        { name: 'x', shape: [3], type: 'int4' },
        { name: 'w', shape: [100], type: 'int8', data: new Int8Array(100) },
        { name: 'y', shape: [3], type: 'int16' },
        { name: 'z', shape: [2], type: 'float32' },
      ],
      steps: [
        { op: 'concat', inputs: [0, 1], outputs: [2], attributes: {} },
        { op: 'concat', inputs: [0], outputs: [3], attributes: {} },
      ],
      inputs: [0],
      outputs: [3],
    };
    expect(programBuffers(program).map(({ bytes, from, to }) => [bytes, from, to])).toEqual([
      [2, 0, 1],
      [6, 0, 0],
      [8, 1, 2],
    ]);
  });
});

describe('memory plans', () => {
  it('by hand: the largest first, in the lowest gap', () => {
    const buffers: Placeable[] = [
      { bytes: 10, from: 0, to: 1 },
      { bytes: 30, from: 1, to: 2 },
      { bytes: 20, from: 2, to: 3 },
      { bytes: 10, from: 3, to: 4 },
    ];
    expect(greedyBySize(buffers)).toEqual([30, 0, 30, 0]);
    expect(greedyByTime(buffers)).toEqual([0, 10, 40, 0]);
    expect(linear(buffers)).toEqual([0, 10, 40, 60]);
    // a gap between two that is just large enough is taken
    const gap = [
      { bytes: 9, from: 0, to: 0 },
      { bytes: 8, from: 0, to: 9 },
      { bytes: 7, from: 0, to: 9 },
      { bytes: 9, from: 5, to: 9 },
    ];
    expect(greedyBySize(gap)).toEqual([0, 9, 17, 0]);
    expect(greedyBySize([])).toEqual([]);
  });

  for (const [name, strategy] of Object.entries(strategies))
    it(`${name}: never shares bytes in a step, and never goes below the lower bound`, () => {
      fc.assert(
        fc.property(arbitraryProgram, fc.constantFrom(1, 4, 16, 24), ({ program }, alignment) => {
          const plan = planMemory(program, { strategy, alignment });
          assertApart(plan, program.steps.length);
          expect(plan.bytes).toBeGreaterThanOrEqual(plan.lowerBound);
          expect(plan.lowerBound).toBeGreaterThanOrEqual(peakBytes(program));
          expect(plan.buffers.every(({ offset }) => offset % alignment === 0)).toBe(true);
          if (alignment === 1) expect(plan.lowerBound).toBe(peakBytes(program));
          expect(plan.bytes).toBeLessThanOrEqual(planMemory(program, { strategy: linear, alignment }).bytes);
        }),
        { numRuns: 100 },
      );
    });

  for (const [name, strategy] of Object.entries(strategies))
    it(`${name}: a program that runs in its arena gives the same`, () => {
      fc.assert(
        fc.property(arbitraryProgram, fc.nat(), ({ program }, seed) => {
          // four bits lie two a byte in an arena, and one a byte where they are computed with
          fc.pre(program.tensors.every(({ type, data }) => data || type !== 'int4'));
          const inputs = randomInputs(program, { seed });
          expect(runInArena(program, inputs, planMemory(program, { strategy }))).toEqual(runProgram(program, inputs).outputs as Elements[]);
        }),
        { numRuns: 100 },
      );
    });

  it('refuse strategies that overlap, leave out or misplace, and alignments that are none', () => {
    const program = chain([8, 8], [['concat', [0], 1]], [1]);
    expect(() => planMemory(program, { strategy: () => [0, 0] })).toThrow(/over each other in step 0/);
    expect(() => planMemory(program, { strategy: () => [0] })).toThrow(/placed 1 of 2/);
    expect(() => planMemory(program, { strategy: () => [0, 17] })).toThrow(/multiples of 16/);
    expect(() => planMemory(program, { alignment: 0 })).toThrow(/alignment/);
  });
});

describe('what a program costs', () => {
  it('is told step by step and altogether', () => {
    const program: Program = {
      name: 'dense',
      tensors: [
        { name: 'x', shape: [1, 3], type: 'int8' },
        { name: 'w', shape: [2, 3], type: 'int4', data: new Int8Array(6) },
        { name: 'b', shape: [2], type: 'int32', data: new Int32Array(2) },
        { name: 'y', shape: [1, 2], type: 'int8' },
        { name: 'z', shape: [2], type: 'int8' },
      ],
      steps: [
        {
          op: 'dense',
          inputs: [0, 1, 2],
          outputs: [3],
          attributes: {
            inputZeroPoint: 0,
            weightZeroPoint: [0],
            multiplier: [2 ** 30],
            shift: [0],
            outputZeroPoint: 0,
            low: -128,
            high: 127,
          },
        },
        { op: 'reshape', inputs: [3], outputs: [4], attributes: {} },
      ],
      inputs: [0],
      outputs: [4],
    };
    const { steps, ...facts } = inspectProgram(program);
    expect(facts).toEqual({ macs: 6, constantBytes: 3 + 8, peakBytes: 3 + 2 });
    expect(steps).toEqual([
      { name: 'y', op: 'dense', type: 'int8', shape: [1, 2], macs: 6, constantBytes: 11, outputBytes: 2 },
      { name: 'z', op: 'reshape', type: 'int8', shape: [2], macs: 0, constantBytes: 0, outputBytes: 2 },
    ]);
  });
});
