import { describe, expect, it } from 'vitest';
import { conv2d as integerConv2d } from '../../../lib/deploy/integer/conv2d.ts';
import { compile } from '../../../lib/loops/compile/compile.ts';
import { ladder } from '../../../lib/loops/ladder/index.ts';
import { problems } from '../../../lib/loops/problems/index.ts';
import { arrayOf, expected } from '../../../lib/loops/problems/problem.ts';
import { run } from '../../../lib/loops/run/run.ts';
import { tf } from '../../../lib/tensor/tf.ts';

const sizes = { height: 5, width: 4, channels: 3, filters: 6 };
const { height, width, channels, filters } = sizes;

describe('problems.conv', () => {
  const problem = problems.conv(sizes);

  it("is TensorFlow's convolution with padding", () => {
    const call = problem.call(3);
    const [x, w] = [arrayOf(call, 'x').data as Float32Array, arrayOf(call, 'w').data as Float32Array];
    const y = tf.tidy(() =>
      tf.conv2d(tf.tensor4d(x, [1, height, width, channels]), tf.tensor4d(w, [3, 3, channels, filters]), 1, 'same').dataSync(),
    );
    expect(expected(problem, call)).toEqual(y);
  });

  it('counts products, bytes and offers scratch memory', () => {
    expect(problem.macs).toBe(9 * 3 * 6 * 20);
    expect(problem.bytes).toBe(4 * (60 + 162 + 120));
    expect(arrayOf(problem.call(1), 'scratch')).toMatchObject({ use: 'scratch' });
    expect(arrayOf(problem.call(1), 'scratch').data.length).toBe(problem.scratch.elements);
  });

  it('refuses sizes that are none', () => {
    expect(() => problems.conv({ ...sizes, filters: 0 })).toThrow(/filters must be a whole number/);
  });
});

describe('problems.int8Conv', () => {
  it.each([1, 2, 3, 4])("has the numbers of the library's integer convolution, seed %i", seed => {
    const problem = problems.int8Conv(sizes);
    const call = problem.call(seed);
    const data = (name: string): never => arrayOf(call, name).data as never;
    const [xZero, yZero] = [call.args[10] as number, call.args[11] as number];
    const y = { shape: [1, height, width, filters], type: 'int8', data: new Int8Array(height * width * filters) } as const;
    integerConv2d.run({
      inputs: [
        { shape: [1, height, width, channels], type: 'int8', data: data('x') },
        { shape: [filters, 3, 3, channels], type: 'int8', data: data('w') },
        { shape: [filters], type: 'int32', data: data('bias') },
      ],
      outputs: [y],
      attributes: {
        multiplier: [...(data('multiplier') as Int32Array)],
        shift: [...(data('shift') as Int32Array)],
        outputZeroPoint: yZero,
        low: -128,
        high: 127,
        strides: [1, 1],
        dilations: [1, 1],
        padding: [1, 1],
        inputZeroPoint: xZero,
        weightZeroPoint: [0],
      },
      where: 'test',
    });
    expect(expected(problem, call)).toEqual(y.data);
    // most outputs lie within the clip
    expect(y.data.filter(v => v > -128 && v < 127).length).toBeGreaterThan(0.6 * y.data.length);
  });

  it('is rounded alike by every way, halves of both signs and every shift', async () => {
    const problem = problems.int8Conv({ height: 2, width: 4, channels: 1, filters: 23 });
    const call = problem.call(1);
    const multiplier = Int32Array.from({ length: 23 }, (_, f) => (f % 2 ? 2 ** 30 : 2 ** 31 - 1 - f));
    const shift = Int32Array.from({ length: 23 }, (_, f) => -f);
    const bias = Int32Array.from({ length: 23 }, (_, f) => (f % 3 ? 3 : -3) * 2 ** f + (f % 4) - 1);
    const replaced: Readonly<Record<string, Int32Array>> = { multiplier, shift, bias };
    const args = call.args.map(arg =>
      typeof arg === 'object' && replaced[arg.name] ? { ...arg, data: replaced[arg.name] as Int32Array } : arg,
    );
    // inputs at their zero point: sums are the biases
    const still = args.map(arg =>
      typeof arg === 'object' && arg.name === 'x' ? { ...arg, data: arg.data.map(() => call.args[10] as number) as Int8Array } : arg,
    );
    for (const given of [args, still]) {
      const wanted = expected(problem, { ...call, args: given });
      for (const { name, source } of ladder.int8Conv)
        expect((await run(await compile(source), { ...call, args: given })).outputs.y, name).toEqual(wanted);
    }
  });
});

describe('problems.int4Gemv', () => {
  const problem = problems.int4Gemv({ rows: 3, columns: 64 });

  it('is the product of the unpacked matrix, exact in any order', () => {
    const call = problem.call(5);
    const [w, wScale, x, xScale] = ['w', 'wScale', 'x', 'xScale'].map(name => arrayOf(call, name).data);
    const y = new Float32Array(3);
    for (let r = 2; r >= 0; r--)
      for (let p = 63; p >= 0; p--) {
        const group = 2 * r + Math.floor(p / 32);
        const byte = w?.[16 * group + (p % 16)] as number;
        const weight = (p % 32 < 16 ? byte % 16 : Math.floor(byte / 16)) - 8;
        y[r] = Math.fround(
          (y[r] as number) + weight * (wScale?.[group] as number) * (x?.[p] as number) * (xScale?.[Math.floor(p / 32)] as number),
        );
      }
    expect(expected(problem, call)).toEqual(y);
    expect([problem.macs, problem.bytes]).toEqual([192, 96 + 24 + 64 + 8 + 12]);
  });

  it('refuses a group that is not whole', () => {
    expect(() => problems.int4Gemv({ rows: 1, columns: 33 })).toThrow(/multiple of 32/);
  });
});

describe('a scratch array', () => {
  it('may be left out, and nothing else may', async () => {
    const call = problems.matmul({ m: 1, n: 1, k: 1 }).call(1);
    const without = await compile(
      'export function matmul(a: F32s, b: F32s, c: F32s, m: i32, n: i32, k: i32): void { c[0] = a[0] * b[0]; }',
    );
    const twoLess = await compile('export function matmul(a: F32s, b: F32s, c: F32s, m: i32, n: i32): void { c[0] = a[0] * b[0]; }');
    await expect(run(without, call)).resolves.toMatchObject({ outputs: {} });
    await expect(run(twoLess, call)).rejects.toMatchObject({ code: 'loops/call' });
    await expect(run(twoLess, { ...call, args: call.args.slice(0, -1) })).rejects.toMatchObject({ code: 'loops/call' });
  });
});
