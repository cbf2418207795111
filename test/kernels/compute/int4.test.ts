import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { packInt4 } from '../../../lib/tensor/int4-weights.ts';
import { int4Matmul, int4Rungs } from '../../../lib/tensor/native-int4.ts';
import { anyScale, type Case, exact, expectWithin, floatsOf, spread, weightsOf } from './int4-cases.ts';
import { atProtectedPage, type Side } from './protected-page.ts';

/** 1 … 8 rows and two blocks of them, halves and whole panels of 16 columns, groups of one octet and more, shorter last groups and octets; with zero points and without. */
const cases: readonly Case[] = [
  ...[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 17].map(m => [m, 72, 21, 32] as const),
  ...[0, 1, 7, 8, 9, 15, 16, 17, 33, 48].map(n => [2, 40, n, 16] as const),
  ...[0, 1, 3, 4, 5, 7, 8, 9, 31, 33, 64, 127, 130].map(k => [3, k, 18, 32] as const),
  ...[8, 24, 64, 128, 65536].map(group => [2, 200, 20, group] as const),
].flatMap(([m, k, n, group]) => [true, false].map(zeros => ({ m, k, n, group, zeros })));

const bytesOf = (length: number): Int8Array =>
  Int8Array.from({ length }, (_, i) => (i % 11 === 0 ? -128 : i % 13 === 0 ? 127 : spread(i, -128, 127)));
const rowsOf = (m: number): Float32Array => Float32Array.from({ length: m }, (_, i) => (i % 3 ? 0.013 : -0.4));

const available = int4Rungs().filter(rung => rung.available);

describe.each(available)('int4Matmul, rung $name', ({ name: rung }) => {
  it('float32 rows: within the bound, on any number of threads the same bits', () => {
    for (const one of cases) {
      const [x, weights] = [floatsOf(one.m * one.k), weightsOf(one, anyScale)];
      const got = int4Matmul(x, weights, { m: one.m, rung });
      expect(got.length).toBe(one.m * one.n);
      if (one.k > 0) expectWithin(got, exact(x, weights), JSON.stringify(one));
      else expect(got.every(y => y === 0)).toBe(true);
      expect(int4Matmul(x, weights, { m: one.m, rung, threads: 2 })).toEqual(got);
    }
  });

  it('int8 rows: within the bound, and exact where scales are powers of two', () => {
    for (const one of cases) {
      const [x, rowScale] = [bytesOf(one.m * one.k), rowsOf(one.m)];
      const weights = weightsOf(one, anyScale);
      expectWithin(int4Matmul(x, weights, { m: one.m, rowScale, rung, threads: 2 }), exact(x, weights, rowScale), JSON.stringify(one));
      const even = weightsOf(one, i => 2 ** -(i % 3));
      const ones = new Float32Array(one.m).fill(0.5);
      const whole = exact(x, even, ones).map(({ value }) => value);
      expect([...int4Matmul(x, even, { m: one.m, rowScale: ones, rung })], JSON.stringify(one)).toEqual(whole.map(y => y + 0));
    }
  });

  it('the ends of all ranges do not overflow: a whole group of the largest codes and bytes', () => {
    const [k, n, group] = [65536, 3, 65536];
    const weights = packInt4({ k, n, group, codes: new Int8Array(k * n).fill(7), scale: [1, 1, 1], zeroPoint: [-8, -8, -8] });
    const y = int4Matmul(new Int8Array(k).fill(-128), weights, { m: 1, rowScale: Float32Array.of(1), rung });
    expect([...y]).toEqual([-128 * 15 * k, -128 * 15 * k, -128 * 15 * k]);
  });

  it('NaN and infinity reach their row or column and nothing else', () => {
    const one = { m: 3, k: 40, n: 19, group: 16, zeros: false };
    for (const special of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const x = floatsOf(120);
      x[41] = special;
      const y = int4Matmul(x, weightsOf(one, anyScale), { m: 3, rung });
      expect([...y].map((v, i) => Number.isFinite(v) === (Math.floor(i / 19) !== 1))).not.toContain(false);
      const w = weightsOf(one, i => (i === 5 ? special : 1));
      const z = int4Matmul(floatsOf(120), w, { m: 3, rung });
      expect([...z].map((v, i) => Number.isFinite(v) === (i % 19 !== 5))).not.toContain(false);
    }
  });

  it.each<Side>(['before', 'after'])(
    'nothing is read or written %s an array, whatever its alignment: a protected page lies there',
    side => {
      for (const one of cases) {
        const weights = weightsOf(one, anyScale);
        const at = <T extends Float32Array | Int8Array | Uint8Array>(values: T): T => atProtectedPage(values, side);
        const moved = { ...weights, codes: at(weights.codes), scale: at(weights.scale), ...(weights.zero && { zero: at(weights.zero) }) };
        const out = at(new Float32Array(one.m * one.n));
        const [x, b, rowScale] = [floatsOf(one.m * one.k), bytesOf(one.m * one.k), rowsOf(one.m)];
        int4Matmul(at(x), moved, { m: one.m, rung, out });
        expect(out).toEqual(int4Matmul(x, weights, { m: one.m, rung }));
        int4Matmul(at(b), moved, { m: one.m, rung, out, rowScale: at(rowScale) });
        expect(out).toEqual(int4Matmul(b, weights, { m: one.m, rung, rowScale }));
      }
    },
  );
});

describe('what does not fit', () => {
  const weights = weightsOf({ m: 2, k: 16, n: 5, group: 8, zeros: true }, anyScale);
  const f = (length: number): Float32Array => new Float32Array(length);
  const good = { k: 8, n: 2, group: 8, codes: new Int8Array(16), scale: [1, 1] };
  const wrong: [string, () => unknown][] = [
    ['a group of 7', () => packInt4({ ...good, group: 7 })],
    ['a group too long', () => packInt4({ ...good, group: 65544 })],
    ['half a column', () => packInt4({ ...good, n: 1.5 })],
    ['too few codes', () => packInt4({ ...good, k: 9 })],
    ['a code of 8', () => packInt4({ ...good, codes: new Int8Array(16).fill(8) })],
    ['a code between two', () => packInt4({ ...good, codes: new Float32Array(16).fill(0.5) })],
    ['no scales', () => packInt4({ ...good, scale: [] })],
    ['a zero point of 9', () => packInt4({ ...good, zeroPoint: [0, 9] })],
    ['too few zero points', () => packInt4({ ...good, zeroPoint: [0] })],
    ['a short x', () => int4Matmul(f(31), weights, { m: 2 })],
    ['m below 0', () => int4Matmul(f(32), weights, { m: -2 })],
    ['int8 rows without scales', () => int4Matmul(new Int8Array(32), weights, { m: 2 })],
    ['float32 rows with scales', () => int4Matmul(f(32), weights, { m: 2, rowScale: f(2) })],
    ['too few scales of rows', () => int4Matmul(new Int8Array(32), weights, { m: 2, rowScale: f(1) })],
    ['an output of another length', () => int4Matmul(f(32), weights, { m: 2, out: f(9) })],
    ['codes that end early', () => int4Matmul(f(32), { ...weights, codes: weights.codes.subarray(1) }, { m: 2 })],
    ['another k', () => int4Matmul(f(48), { ...weights, k: 24 }, { m: 2 })],
    ['zeros of another type', () => int4Matmul(f(32), { ...weights, zero: f(32) as never }, { m: 2 })],
    ['nothing', () => int4Matmul(undefined as never, weights, { m: 2 })],
  ];
  it.each(wrong)('is an error with a name: %s', (_, call) => {
    expect(call).toThrow(expect.objectContaining({ code: 'native/int4' }));
  });

  it.runIf(available.length > 1)('a rung, threads or an output that cannot be are errors with a name', () => {
    const memory = f(64);
    for (const options of [{ rung: 'sse9' }, { threads: -1 }, { out: memory.subarray(30, 40) }])
      expect(() => int4Matmul(memory.subarray(0, 32), weights, { m: 2, ...options })).toThrow(
        expect.objectContaining({ code: 'native/int4' }),
      );
  });

  it.runIf(available.length > 1)(
    'packed weights begin where a line of the cache does; the module says where that is, of arrays only',
    () => {
      type Module = { untilLine: (...values: unknown[]) => number };
      const { untilLine } = createRequire(import.meta.url)('@tinylab/compute') as Module;
      for (const array of [weights.codes, weights.scale]) expect(untilLine(array)).toBe(0);
      const memory = new Uint8Array(200);
      const from = untilLine(memory);
      expect([0, 1, 63, 64].map(more => untilLine(memory.subarray(from + more)))).toEqual([0, 63, 1, 0]);
      for (const other of [undefined, null, 7, 'text', {}, new ArrayBuffer(8), new DataView(new ArrayBuffer(8))])
        expect(() => untilLine(other)).toThrow(expect.objectContaining({ code: 'compute/array' }));
      expect(() => untilLine()).toThrow(expect.objectContaining({ code: 'compute/array' }));
    },
  );

  it.runIf(available.length > 1)('the module itself refuses too, whatever it is given', () => {
    const { int4Matmul: kernel } = createRequire(import.meta.url)('@tinylab/compute') as { int4Matmul: (...values: unknown[]) => void };
    const { codes, scale, zero } = weights;
    const values: unknown[] = [f(32), codes, scale, zero, f(10), undefined, { m: 2, k: 16, n: 5, group: 8, threads: 1 }];
    kernel(...values);
    const options = values[6] as object;
    const changed: [number, unknown][] = [0, 1, 2, 4].flatMap(i =>
      [undefined, f(9), new Float64Array(500), 7].map(value => [i, value] as [number, unknown]),
    );
    for (const [i, value] of [
      ...changed,
      ...[
        {},
        3,
        { ...options, group: 0 },
        { ...options, group: 12 },
        { ...options, m: 2 ** 31 },
        { ...options, k: 17 },
        { ...options, n: 17 },
      ].map(o => [6, o] as const),
      [3, new Uint8Array(31)] as const,
      [5, f(2)] as const,
    ])
      expect(() => kernel(...values.with(i, value)), `${i}`).toThrow(
        expect.objectContaining({ code: expect.stringMatching(/^compute\//) }),
      );
  });
});
