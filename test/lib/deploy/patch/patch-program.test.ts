import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assertProgram } from '../../../../lib/deploy/check-program.ts';
import { readTflite } from '../../../../lib/deploy/formats/tflite/read-tflite.ts';
import { inspectProgram } from '../../../../lib/deploy/inspect-program.ts';
import type { IntegerOpName } from '../../../../lib/deploy/integer/index.ts';
import { patchProgram } from '../../../../lib/deploy/patch/patch-program.ts';
import { reaches } from '../../../../lib/deploy/patch/reach.ts';
import { patchableSteps, stageOf } from '../../../../lib/deploy/patch/stage.ts';
import { peakBytes } from '../../../../lib/deploy/plan/plan.ts';
import type { Program, ProgramTensor } from '../../../../lib/deploy/program.ts';
import { runProgram } from '../../../../lib/deploy/run.ts';
import { decodeProgram, encodeProgram } from '../../../../lib/deploy/serialize.ts';
import { LabError } from '../../../../lib/tensor/errors.ts';
import { opNames, randomInputs, randomProgram } from '../arbitrary-program.ts';
import { casesOf, fileOf, thereAreNetworks } from '../formats/tflite/networks.ts';
import { chain } from './programs.ts';

const interpreters = ['reference', 'fast'] as const;

/** Patches give the bytes of the whole, by both interpreters. */
function expectSame(program: Program, patched: Program, seed: number): void {
  const inputs = randomInputs(program, { seed, count: 2 });
  const { outputs } = runProgram(program, inputs, { interpreter: 'reference' });
  for (const interpreter of interpreters) expect(runProgram(patched, inputs, { interpreter }).outputs).toEqual(outputs);
}

const threeLayers = chain([16, 16, 4], [{}, {}, {}]);

describe('programs in patches', () => {
  it('compute what neighbours share twice: three layers of 3 × 3 on 16 × 16, 2 × 2 patches', () => {
    const patched = patchProgram(threeLayers, { steps: 3, rows: 2, columns: 2 });
    // of 8 × 8 places: 9 × 9 of the layer before, 10 × 10 of the one before that, where four times 16 × 16 would do
    expect(inspectProgram(patched).macs / inspectProgram(threeLayers).macs).toBe((4 * (64 + 81 + 100)) / (3 * 256));
    expect(inspectProgram(patched).macs / inspectProgram(threeLayers).macs).toBeCloseTo(1.27604, 5);
    expectSame(threeLayers, patched, 1);
  });

  it('hold a part of the values: input, output, and two layers of one patch', () => {
    const patched = patchProgram(threeLayers, { steps: 3, rows: 2, columns: 2 });
    expect(peakBytes(threeLayers)).toBe(2 * 16 * 16 * 4);
    // the input and what is put together are there whole; beside them 11 × 11 places of the input of which the first layer makes 10 × 10
    expect(peakBytes(patched)).toBe((16 * 16 + 16 * 16 + 121 + 100) * 4);
    const deep = chain([16, 16, 2], [{ channels: 16 }, { channels: 16, stride: 2 }, { channels: 2 }]);
    expect(peakBytes(patchProgram(deep, { steps: 2, rows: 4, columns: 4 }))).toBeLessThan(peakBytes(deep) / 2);
  });

  it('are slices, steps and pastes, of tensors with names', () => {
    const { steps, tensors } = patchProgram(chain([4, 4, 1], [{}]), { steps: 1, rows: 2, columns: 1 });
    expect(steps.map(({ op }) => op)).toEqual(['slice', 'conv2d', 'paste', 'slice', 'conv2d', 'paste']);
    expect(steps.map(({ attributes }) => attributes.padding)).toEqual([undefined, [1, 1], undefined, undefined, [0, 1], undefined]);
    expect(steps[2]).toMatchObject({ inputs: [-1, 3], attributes: { at: [0, 0] } });
    expect(steps[5]).toMatchObject({ inputs: [4, 6], attributes: { at: [2, 0] } });
    expect(tensors.map(({ name }) => name)).toEqual([
      'image',
      'image/patch-0.0',
      'w0',
      'y0/patch-0',
      'y0/1',
      'image/patch-1.0',
      'y0/patch-1',
      'y0',
    ]);
  });

  it('of one patch are the program itself', () => {
    const { steps } = patchProgram(threeLayers, { steps: 2, rows: 1, columns: 1 });
    expect(steps.map(({ op, attributes }) => ({ op, attributes }))).toEqual(
      threeLayers.steps.map(({ op, attributes }) => ({ op, attributes })),
    );
  });

  it('put together every value that leaves the stage', () => {
    const patched = patchProgram({ ...threeLayers, outputs: [...threeLayers.outputs, 2] }, { steps: 2, rows: 2, columns: 3 });
    expect(patched.outputs.map(index => patched.tensors[index]?.name)).toEqual(['y2', 'y0']);
    expectSame({ ...threeLayers, outputs: [...threeLayers.outputs, 2] }, patched, 3);
  });

  it('are saved and read', () => {
    const patched = patchProgram(threeLayers, { steps: 3, rows: 2, columns: 2 });
    expect(decodeProgram(encodeProgram(patched))).toEqual(patched);
    // with the longest names that files take
    const long = { ...threeLayers, tensors: threeLayers.tensors.map(tensor => ({ ...tensor, name: tensor.name.padEnd(512, '.') })) };
    expect(() => decodeProgram(encodeProgram(patchProgram(long, { steps: 3, rows: 2, columns: 2 })))).not.toThrow();
  });

  it('windows that see nothing of the image: whatever the padding, stride and size', () => {
    const layer = fc.record({
      kernel: fc.integer({ min: 1, max: 5 }),
      stride: fc.integer({ min: 1, max: 3 }),
      padding: fc.integer({ min: 0, max: 6 }),
    });
    const side = fc.integer({ min: 5, max: 14 });
    fc.assert(
      fc.property(
        side,
        side,
        fc.array(layer, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 4 }),
        (...[height, width, layers, rows, columns]) => {
          const program = chain([height, width, 2], layers);
          const [, tall, wide] = (program.tensors[program.outputs[0] as number] as ProgramTensor).shape as [number, number, number];
          fc.pre(program.tensors.every(({ shape }) => shape.every(size => size > 0)));
          expectSame(
            program,
            patchProgram(program, { steps: layers.length, rows: Math.min(rows, tall), columns: Math.min(columns, wide) }),
            height,
          );
        },
      ),
      { numRuns: 150 },
    );
  });
});

const nearby: readonly IntegerOpName[] = opNames.filter(name => name in reaches);

describe('random programs in patches', () => {
  it('give the same bytes', () => {
    let ran = 0;
    const trial = fc.record({
      seed: fc.nat(),
      ops: fc.array(fc.constantFrom(...nearby), { minLength: 1, maxLength: 7 }),
      cut: fc.record({
        steps: fc.double({ min: 0, max: 1, noNaN: true }),
        rows: fc.integer({ min: 1, max: 3 }),
        columns: fc.integer({ min: 1, max: 3 }),
      }),
    });
    fc.assert(
      fc.property(trial, ({ seed, ops, cut }) => {
        const program = randomProgram(seed, ops);
        const most = patchableSteps(program);
        fc.pre(most > 0);
        const steps = 1 + Math.floor(cut.steps * (most - 1));
        const shapes = stageOf(program, steps).leaving.map(index => (program.tensors[index] as ProgramTensor).shape);
        const [rows, columns] = [
          Math.min(cut.rows, ...shapes.map(shape => shape[1] as number)),
          Math.min(cut.columns, ...shapes.map(shape => shape[2] as number)),
        ];
        const patched = patchProgram(program, { steps, rows, columns });
        assertProgram(patched);
        expectSame(program, patched, seed);
        ran += Number(rows * columns > 1);
      }),
      { numRuns: 400 },
    );
    expect(ran).toBeGreaterThan(100);
  });
});

describe('patches are refused', () => {
  const refusal = (program: Program, cut: { steps: number; rows: number; columns: number }): LabError => {
    try {
      patchProgram(program, cut);
    } catch (error) {
      if (error instanceof LabError && error.code === 'deploy/patch') return error;
    }
    throw new Error('It was not refused.');
  };

  it('for more of them than places, and for steps that there are not', () => {
    expect(refusal(threeLayers, { steps: 3, rows: 17, columns: 1 }).message).toMatch(/17 × 1 patches of y2 \[1,16,16,4\]/);
    expect(refusal(threeLayers, { steps: 3, rows: 0, columns: 1 }).hint).toMatch(/16 × 16/);
    expect(refusal(threeLayers, { steps: 3, rows: 1.5, columns: 1 }).message).toMatch(/1\.5/);
    expect(refusal(threeLayers, { steps: 4, rows: 1, columns: 1 }).message).toMatch(/1 to 3 steps; got 4/);
    expect(refusal(threeLayers, { steps: 0, rows: 1, columns: 1 }).message).toMatch(/got 0/);
  });

  it('for steps that look at the whole image, by their names', () => {
    const reshaped: Program = {
      ...threeLayers,
      tensors: [...threeLayers.tensors, { name: 'flat', shape: [1, 1024], type: 'int8' }],
      steps: [...threeLayers.steps, { op: 'reshape', inputs: threeLayers.outputs, outputs: [7], attributes: {} }],
      outputs: [7],
    };
    expect(patchableSteps(reshaped)).toBe(3);
    const { message, hint } = refusal(reshaped, { steps: 4, rows: 2, columns: 2 });
    expect(message).toMatch(/Step 3 \(reshape, writes flat\)/);
    expect(hint).toMatch(/at most 3/);
  });

  it('for elements that are only laid out as an image, and for weights that are computed', () => {
    const table = { name: 'table', shape: [256], type: 'int8' as const, data: new Int8Array(256) };
    const laidOut: Program = {
      name: 'laid out',
      tensors: [{ name: 'x', shape: [4, 2, 2, 1], type: 'int8' }, table, { name: 'y', shape: [1, 4, 4, 1], type: 'int8' }],
      steps: [{ op: 'lookup', inputs: [0, 1], outputs: [2], attributes: {} }],
      inputs: [0],
      outputs: [2],
    };
    expect(refusal(laidOut, { steps: 1, rows: 1, columns: 2 }).message).toMatch(/laid out/);
    const [step] = chain([3, 3, 3], [{}]).steps;
    const dynamic: Program = {
      name: 'dynamic',
      tensors: [
        { name: 'x', shape: [1, 3, 3, 3], type: 'int8' },
        { name: 'w', shape: [3, 3, 3, 3], type: 'int8' },
        table,
        { name: 'v', shape: [3, 3, 3, 3], type: 'int8' },
        { name: 'y', shape: [1, 3, 3, 3], type: 'int8' },
      ],
      steps: [
        { op: 'lookup', inputs: [1, 2], outputs: [3], attributes: {} },
        { op: 'conv2d', inputs: [0, 3], outputs: [4], attributes: step?.attributes ?? {} },
      ],
      inputs: [0, 1],
      outputs: [4],
    };
    assertProgram(dynamic);
    expect(refusal(dynamic, { steps: 2, rows: 1, columns: 1 }).message).toMatch(/weight that is computed/);
  });
});

describe.skipIf(!thereAreNetworks)('networks of others in patches (skipped without ../shared/golden/tflite)', () => {
  const cuts: readonly (readonly [name: string, cuts: readonly (readonly [steps: number, rows: number, columns: number])[]])[] = [
    [
      'mcunet-vww1-int8',
      [
        [3, 2, 2],
        [7, 3, 3],
        [9, 4, 3],
        [13, 2, 2],
        [25, 5, 1],
      ],
    ],
    [
      'vww-mobilenetv1-int8',
      [
        [4, 3, 3],
        [8, 4, 4],
        [11, 1, 5],
      ],
    ],
    [
      'ic-resnet8-int8',
      [
        [2, 4, 4],
        [6, 2, 3],
        [8, 3, 3],
        [12, 2, 2],
      ],
    ],
  ];
  it.each(cuts)('%s: the bytes of LiteRT', (name, cuts) => {
    const program = readTflite(fileOf(name));
    for (const [i, [steps, rows, columns]] of cuts.entries()) {
      const patched = patchProgram(program, { steps, rows, columns });
      const { inputs, reference } = casesOf(name)[i] as ReturnType<typeof casesOf>[number];
      for (const interpreter of interpreters) expect(runProgram(patched, inputs, { interpreter }).outputs).toEqual(reference);
    }
  });
});
