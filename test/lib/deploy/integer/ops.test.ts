import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fixedPoint } from '../../../../lib/deploy/fixed-point.ts';
import { type IntegerOpName, integerOpOf } from '../../../../lib/deploy/integer/index.ts';
import type { Elements, ElementType, Program, ProgramTensor } from '../../../../lib/deploy/program.ts';
import { runProgram } from '../../../../lib/deploy/run.ts';
import { arbitraryStep, type ProgramCase } from '../arbitrary-program.ts';
import { conv2d, dense, depthwise, matmul, type PlainStep, transposed } from './plain-layers.ts';
import * as values from './plain-values.ts';

/** Every op but softmax, whose exponentials are compared with real ones. */
const plain: Readonly<Record<Exclude<IntegerOpName, 'softmax'>, (step: PlainStep) => number[]>> = {
  add: values.sum(1n),
  subtract: values.sum(-1n),
  multiply: values.multiply,
  minimum: values.extreme(false),
  maximum: values.extreme(true),
  conv2d,
  'depthwise-conv2d': depthwise,
  'conv2d-transpose': transposed,
  dense,
  matmul,
  lookup: values.lookup,
  sigmoid: values.wideFunction('sigmoid'),
  tanh: values.wideFunction('tanh'),
  requantize: values.requantize,
  quantize: values.quantize,
  dequantize: values.dequantize,
  'average-pool': values.pool(values.averageOf),
  'max-pool': values.pool(found => Math.max(...found)),
  mean: values.mean,
  reshape: values.reshape,
  transpose: values.transpose,
  slice: values.slice,
  concat: values.concat,
  pad: values.pad,
  paste: values.paste,
};

/** What the definition makes of one step, for one example. */
function expected({ program: { tensors, steps, inputs }, inputs: data }: ProgramCase): number[] {
  const [step] = steps as readonly [Program['steps'][number]];
  const given = (index: number) => {
    const tensor = tensors[index];
    return tensor && { ...tensor, data: tensor.data ?? (data[inputs.indexOf(index)] as Elements) };
  };
  const y = tensors[step.outputs[0] as number] as ProgramTensor;
  const length = y.shape.reduce((a, b) => a * b, 1);
  return plain[step.op as keyof typeof plain]({
    x: step.inputs.map(given),
    y: { ...y, data: new Int8Array(length) },
    a: step.attributes,
  });
}

describe('integer ops are what their definitions say', () => {
  it.each(Object.keys(plain) as (keyof typeof plain)[])('%s', op => {
    fc.assert(
      fc.property(
        arbitraryStep(op).filter(({ count }) => count === 1),
        trial => {
          const { outputs } = runProgram(trial.program, trial.inputs, { interpreter: 'reference' });
          expect(Array.from(outputs[0] as Int8Array, Number)).toEqual(expected(trial).map(value => value + 0));
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe('softmax', () => {
  const run = (scale: number, rows: readonly number[][], types: readonly [ElementType, ElementType]) => {
    const shape = [rows.length, (rows[0] as number[]).length];
    const wide = types[0] === 'int16';
    // 5 bits before the point for 8 bits; 10 / 65535 of the table's range for 16
    const { multiplier, shift } = fixedPoint(
      wide ? scale / (10 / 65535) : Math.min(scale * 2 ** 26, 2 ** 31 - 1) >= 2 ** 30 ? 2 ** 29 : scale * 2 ** 26,
    );
    const attributes = { multiplier, shift, differenceMinimum: wide ? 0 : -Math.floor((31 * 2 ** 26) / 2 ** shift) };
    const tensors = [
      { name: 'x', shape, type: types[0] },
      { name: 'y', shape, type: types[1] },
    ];
    const program = {
      name: 'softmax',
      tensors,
      steps: [{ op: 'softmax', inputs: [0], outputs: [1], attributes }],
      inputs: [0],
      outputs: [1],
    };
    const x = wide ? Int16Array.from(rows.flat()) : types[0] === 'uint8' ? Uint8Array.from(rows.flat()) : Int8Array.from(rows.flat());
    return Array.from(runProgram(program, [x], { interpreter: 'reference' }).outputs[0] as Int8Array);
  };
  const real = (scale: number, row: readonly number[]): number[] => {
    const most = Math.max(...row);
    const powers = row.map(q => Math.exp(scale * (q - most)));
    const sum = powers.reduce((a, b) => a + b, 0);
    return powers.map(power => power / sum);
  };
  const byte = fc.integer({ min: -128, max: 127 });
  const word = fc.integer({ min: -32768, max: 32767 });

  it.each([
    ['int8', 'int8', byte, 256, -128, 1],
    ['uint8', 'uint8', byte.map(q => q + 128), 256, 0, 1],
    ['int8', 'int16', byte, 65536, -32768, 24],
    ['int16', 'int16', word, 32768, 0, 24],
  ] as const)('%s to %s is within its grid of the real one', (...[from, to, value, parts, first, near]) => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 3, noNaN: true }), fc.array(value, { minLength: 1, maxLength: 20 }), (unit, row) => {
        const scale = from === 'int16' ? unit / 3000 : unit / 8;
        const got = run(scale, [row], [from, to]);
        const wanted = real(scale, row).map(p => Math.min(parts - 1, p * parts) + first);
        for (const [i, q] of got.entries()) expect(Math.abs(q - (wanted[i] as number))).toBeLessThanOrEqual(near);
      }),
      { numRuns: 200 },
    );
  });

  it('takes each row by itself, a single value included', () => {
    const [a, b] = [
      [1, 2, 3],
      [-128, 127, 0],
    ];
    expect(run(0.1, [a, b], ['int8', 'int8'])).toEqual([...run(0.1, [a], ['int8', 'int8']), ...run(0.1, [b], ['int8', 'int8'])]);
    expect(run(0.1, [[5]], ['int8', 'int8'])).toEqual([127]);
    expect(run(0.1, [[7, 7]], ['int8', 'int8'])).toEqual([0, 0]);
  });
});

describe('each op says', () => {
  it('by name where there is none such', () => {
    expect(() => integerOpOf('relu')).toThrow(expect.objectContaining({ code: 'deploy/op' }));
    expect(() => integerOpOf('__proto__')).toThrow(/no integer op/);
  });

  it.each([
    ['conv2d', { x: [1, 4, 4, 6], w: [4, 3, 3, 3], y: [1, 2, 2, 4] }, 1 * 2 * 2 * 4 * 3 * 3 * 3],
    ['depthwise-conv2d', { x: [1, 4, 4, 2], w: [1, 3, 3, 4], y: [1, 2, 2, 4] }, 2 * 2 * 4 * 9],
    ['conv2d-transpose', { x: [1, 2, 2, 3], w: [5, 3, 3, 3], y: [1, 5, 5, 5] }, 2 * 2 * 3 * 5 * 9],
    ['dense', { x: [2, 6], w: [3, 6], y: [2, 3] }, 2 * 6 * 3],
    ['matmul', { x: [2, 3, 4], w: [4, 5], y: [2, 3, 5] }, 2 * 3 * 4 * 5],
  ] as const)('%s: its multiply-accumulates', (op, { x, w, y }, macs) => {
    const value = (shape: readonly number[]) => ({ shape, type: 'int8' as const });
    const attributes = { transposeA: false, transposeB: false };
    expect(integerOpOf(op).macs?.({ inputs: [value(x), value(w)], outputs: [value(y)], attributes, where: op })).toBe(macs);
  });
});
