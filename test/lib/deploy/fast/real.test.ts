import { describe, expect, it } from 'vitest';
import { exactParts, floatsAreExact, type Part } from '../../../../lib/deploy/fast/real/exact.ts';
import { prepareProgram } from '../../../../lib/deploy/fast/run.ts';
import { ways } from '../../../../lib/deploy/fast/ways.ts';
import type { Program } from '../../../../lib/deploy/program.ts';
import { runProgram } from '../../../../lib/deploy/run.ts';
import { tensorCount } from '../../../../lib/tensor/scope.ts';

/** A dense layer of one row whose sums reach as far as they can. */
function dense(k: number, w: number): Program {
  const weight = new Int8Array(2 * k).fill(w);
  weight.fill(-w - 1, k);
  const attributes = {
    inputZeroPoint: 127,
    weightZeroPoint: [0],
    multiplier: [2 ** 30],
    shift: [-17],
    outputZeroPoint: 0,
    low: -128,
    high: 127,
  };
  return {
    name: 'far',
    tensors: [
      { name: 'x', shape: [1, k], type: 'int8' },
      { name: 'w', shape: [2, k], type: 'int8', data: weight },
      { name: 'y', shape: [1, 2], type: 'int8' },
    ],
    steps: [{ op: 'dense', inputs: [0, 1, -1], outputs: [2], attributes }],
    inputs: [0],
    outputs: [2],
  };
}

describe('convolutions on floats', () => {
  it('are exact here, and taken', () => {
    expect(floatsAreExact()).toBe(true);
    expect(ways.conv2d?.length).toBe(2);
  });

  it.each([500, 517, 518, 519, 4000, 8000, 9000, 20000])(
    'sums of %i products at their extremes: in one part, in two, or by the reference',
    k => {
      const program = dense(k, 127);
      const inputs = [new Int8Array(k).fill(-128)];
      const expected = runProgram(program, inputs, { interpreter: 'reference' });
      expect(prepareProgram(program, { native: false }).run(inputs)).toEqual(expected);
      expect(prepareProgram(program).run(inputs)).toEqual(expected);
    },
  );

  it('weights are split where a float does not hold their sums, and refused beyond', () => {
    const parts = (k: number): readonly Part[] | undefined =>
      exactParts(
        { codes: new Int16Array(k).fill(-127), zero: Int32Array.of(0), offset: Int32Array.of(0), sum: Int32Array.of(0) },
        { out: 1, k, reach: 255 },
      );
    expect(parts(518)?.length).toBe(1);
    expect(parts(519)?.length).toBe(2);
    expect(parts(8224)?.map(({ factor }) => factor)).toEqual([16, 1]);
    expect(parts(8225)).toBeUndefined();
    const [upper, lower] = parts(1000) as readonly [Part, Part];
    expect(16 * (upper.weights[0] as number) + (lower.weights[0] as number)).toBe(-127);
  });

  it('leave no tensor behind', () => {
    const prepared = prepareProgram(dense(30, 5), { native: false });
    const run = (): unknown => prepared.run([new Int8Array(60)]);
    run();
    const before = tensorCount();
    run();
    expect(tensorCount()).toBe(before);
  });
});

describe('a prepared program', () => {
  it('refuses options that are none', () => {
    const program = dense(20, 3);
    for (const threads of [0, 65, 1.5, Number.NaN, '2' as never])
      expect(() => prepareProgram(program, { threads })).toThrow(expect.objectContaining({ code: 'deploy/threads' }));
    const interpreter = 'slow' as never;
    expect(() => runProgram(program, [new Int8Array(20)], { interpreter })).toThrow(
      expect.objectContaining({ code: 'deploy/interpreter' }),
    );
  });

  it('is the program as it was: later changes do not count', () => {
    const program = dense(20, 3);
    const prepared = prepareProgram(program);
    const inputs = [new Int8Array(60).fill(-128)];
    const before = prepared.run(inputs);
    program.tensors[1]?.data?.fill(-128 as never);
    expect(prepared.run(inputs)).toEqual(before);
    expect(runProgram(program, inputs)).not.toEqual(before);
  });

  it('gives new arrays each time, takes any number of examples, and refuses inputs that do not fit', () => {
    const prepared = prepareProgram(dense(20, 3));
    const inputs = Int8Array.from({ length: 20 * 200 }, (_, i) => (i * 7) % 100);
    const all = prepared.run([inputs]);
    expect(all.count).toBe(200);
    for (const n of [1, 63, 64, 65, 129]) {
      const some = prepared.run([inputs.subarray(0, 20 * n)]);
      expect(some.outputs[0]).toEqual(all.outputs[0]?.slice(0, 2 * n));
    }
    expect(prepared.run([inputs]).outputs[0]).not.toBe(all.outputs[0]);
    expect(() => prepared.run([inputs.subarray(1)])).toThrow(expect.objectContaining({ code: 'deploy/input' }));
    expect(() => prepared.run([])).toThrow(expect.objectContaining({ code: 'deploy/input' }));
  });
});
