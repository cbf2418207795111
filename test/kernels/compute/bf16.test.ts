import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { type Bf16Options, bf16Rungs, matmulBf16, roundToBf16 } from '../../../lib/tensor/native-bf16.ts';
import { normal, random } from '../../../lib/tensor/random.ts';
import { decodeSmallFloat, encodeSmallFloat, type SmallFloat } from '../../../lib/tensor/small-float.ts';
import { contract, type Subject } from './contract.ts';

type Shape = Pick<Bf16Options, 'm' | 'k' | 'n' | 'transposeA' | 'transposeB'>;

const u = 2 ** -24;
const gamma = (k: number): number => (k * u) / (1 - k * u);
/** Below this a rung may take a number for 0. */
const smallest = 2 ** -126;

/** Blocks of 8 and 16 rows, of one to three vectors of 16 columns, pairs along k and pieces of 32 and 512, one more and one less; as they lie and transposed. */
const sizes: readonly [m: number, k: number, n: number][] = [
  ...[1, 2, 5, 7, 8, 9, 15, 16, 17, 23, 33].map(m => [m, 5, 19] as [number, number, number]),
  ...[1, 15, 16, 17, 31, 32, 33, 48, 49, 64, 65, 97].map(n => [9, 6, n] as [number, number, number]),
  ...[0, 1, 2, 3, 31, 32, 33, 511, 512, 513, 1030].map(k => [5, k, 18] as [number, number, number]),
  [0, 3, 4],
  [3, 4, 0],
  [0, 0, 0],
  [25, 67, 43],
];
const shapes = sizes.flatMap(([m, k, n], i): Shape[] => [
  { m, k, n },
  { m, k, n, transposeA: i % 3 !== 1, transposeB: i % 3 !== 2 },
]);

const subject: Subject<Shape> = {
  rungs: bf16Rungs(),
  shapes,
  sizes: ({ m, k, n }) => ({ inputs: [m * k, k * n], output: m * n }),
  run: ([a, b], shape, call) => matmulBf16(a as Float32Array, b as Float32Array, { ...shape, ...call, threads: 2 }),
  exact: ([a, b], { m, k, n, transposeA, transposeB }) => {
    const [value, bound] = [new Float64Array(m * n), new Float64Array(m * n)];
    const [x, y] = [a, b].map(values => Float64Array.from(values as Float32Array, roundToBf16)) as [Float64Array, Float64Array];
    const isSmall = (one: number): boolean => Math.abs(one) <= smallest;
    for (let i = 0; i < m; i++)
      for (let j = 0; j < n; j++) {
        let [sum, size, lost] = [0, 0, k * smallest + 2 ** -149];
        for (let p = 0; p < k; p++) {
          const [left, right] = [x[transposeA ? p * m + i : i * k + p] as number, y[transposeB ? j * k + p : p * n + j] as number];
          sum += left * right;
          size += Math.abs(left * right);
          if (isSmall(left) || isSmall(right)) lost += Math.abs(left * right);
        }
        value[i * n + j] = sum;
        bound[i * n + j] = gamma(k) * size + lost;
      }
    return { value, bound };
  },
};

contract('matmulBf16', subject);

const bfloat16: SmallFloat = { name: 'bfloat16', exponentBits: 8, fractionBits: 7, bias: 127, special: 'ieee' };
const available = bf16Rungs().filter(rung => rung.available);

/** Each code of 16 bits, and float32 numbers a bit and half a step around it. */
function around(): Float32Array {
  const bits = new Uint32Array(65536 * 5);
  for (let code = 0; code < 65536; code++)
    for (const [i, rest] of [0, 1, 0x7fff, 0x8000, 0x8001].entries()) bits[code * 5 + i] = code * 65536 + rest;
  return new Float32Array(bits.buffer);
}

it('rounds as the format says, every number of bfloat16 and those around it, ties included', () => {
  for (const x of around()) {
    const got = roundToBf16(x);
    if (!Object.is(got, decodeSmallFloat(encodeSmallFloat(x, bfloat16), bfloat16))) throw new Error(`${x} became ${got}`);
  }
});

describe.each(available)('matmulBf16, rung $name', ({ name: rung }) => {
  it('rounds both sides so, whichever way they lie', () => {
    const values = around().filter(x => Number.isNaN(x) || Math.abs(x) >= 2 ** -126);
    const expected = values.map(roundToBf16);
    const one = Float32Array.of(1);
    const sizes = { k: 1, rung };
    for (const transposed of [false, true]) {
      const turned = { transposeA: transposed, transposeB: transposed };
      expect(Buffer.compare(nanless(matmulBf16(values, one, { ...sizes, m: values.length, n: 1, ...turned })), nanless(expected))).toBe(0);
      expect(Buffer.compare(nanless(matmulBf16(one, values, { ...sizes, m: 1, n: values.length, ...turned })), nanless(expected))).toBe(0);
    }
  });

  it.skipIf(rung === 'typescript' || rung === 'reference')('gives the same bits on any number of threads, over several pieces of k', () => {
    const [m, k, n] = [70, 8 * 512 + 77, 130];
    const [a, b] = [m * k, k * n].map((length, i) => normal(random(i), [length]).data) as [Float32Array, Float32Array];
    const runs = [1, 2, 3].map(threads => matmulBf16(a, b, { m, k, n, threads, rung }));
    expect(runs[1]).toEqual(runs[0]);
    expect(runs[2]).toEqual(runs[0]);
  });
});

/** The bytes of numbers, every NaN the same. */
function nanless(values: Float32Array): Buffer {
  const copy = values.map(x => (Number.isNaN(x) ? Number.NaN : x));
  return Buffer.from(copy.buffer);
}

describe('what does not fit', () => {
  const f = (length: number): Float32Array => new Float32Array(length);
  const good = { m: 2, k: 3, n: 4 };
  const wrong: [string, () => unknown][] = [
    ['a short a', () => matmulBf16(f(5), f(12), good)],
    ['a long b', () => matmulBf16(f(6), f(13), good)],
    ['an output of another length', () => matmulBf16(f(6), f(12), { ...good, out: f(7) })],
    ['doubles', () => matmulBf16(new Float64Array(6) as never, f(12), good)],
    ['nothing', () => matmulBf16(undefined as never, f(12), good)],
    ['half a row', () => matmulBf16(f(6), f(12), { ...good, m: 1.5 })],
    ['a size below 0', () => matmulBf16(f(6), f(12), { ...good, k: -3 })],
  ];
  it.each(wrong)('is an error with a name: %s', (_, call) => {
    expect(call).toThrow(expect.objectContaining({ code: 'native/bf16' }));
  });

  it.runIf(available.length > 1)('the module itself refuses too, whatever it is given', () => {
    const { matmulBf16: kernel } = createRequire(import.meta.url)('@tinylab/compute') as { matmulBf16: (...values: unknown[]) => void };
    const options = { ...good, transposeA: 0, transposeB: 0, threads: 1 };
    kernel(f(6), f(12), f(8), options);
    const memory = f(40);
    const calls: unknown[][] = [
      [],
      [f(6), f(12), f(8)],
      [f(6), f(12), f(8), {}],
      [f(6), f(12), f(8), { ...options, transposeA: 2 }],
      [f(6), f(12), f(8), { ...options, threads: -1 }],
      [f(6), f(12), f(8), { ...options, m: 2 ** 32 }],
      [f(6), f(12), f(8), { ...options, rung: 'sse9' }],
      [f(6), f(12), f(9), options],
      [f(6), f(11), f(8), options],
      [f(5), f(12), f(8), options],
      [new Int32Array(6), f(12), f(8), options],
      [memory.subarray(0, 6), f(12), memory.subarray(5, 13), options],
      [f(6), memory.subarray(0, 12), memory.subarray(0, 8), options],
    ];
    for (const call of calls) expect(() => kernel(...call)).toThrow(expect.objectContaining({ code: expect.stringMatching(/^compute\//) }));
  });

  it.runIf(available.length > 1)('an output that is an input, and a rung or threads that are none, are errors with a name', () => {
    const same = f(9);
    for (const options of [{ out: same }, { rung: 'sse9' }, { threads: -1 }])
      expect(() => matmulBf16(same, f(9), { m: 3, k: 3, n: 3, ...options })).toThrow(expect.objectContaining({ code: 'native/bf16' }));
  });
});
