import { describe, expect, it } from 'vitest';
import { packInt4 } from '../../../lib/tensor/int4-weights.ts';
import { int4Matmul, int4Rungs } from '../../../lib/tensor/native-int4.ts';
import { anyScale, type Case, exact, expectWithin, floatsOf, spread, weightsOf } from './int4-cases.ts';
import { atProtectedPage, type Side } from './protected-page.ts';

// One row of float32 and many columns, which a rung may split into whole numbers: as exact as float32, whatever the row holds.

/** One to four panels of 16 columns are left over; groups of one octet to four pieces, shorter last ones, a last octet that is not full. */
const cases: readonly Case[] = [
  ...[112, 113, 128, 129, 144, 160, 176, 191].map(n => [40, n, 16] as const),
  ...[1, 7, 8, 9, 31, 32, 33, 64, 95, 130, 256].map(k => [k, 130, 32] as const),
  ...[8, 24, 40, 64, 128, 65536].map(group => [204, 129, group] as const),
].flatMap(([k, n, group]) => [true, false].map(zeros => ({ m: 1, k, n, group, zeros })));

/** Rows that whole numbers with one unit for 32 places hold well, badly or not at all. */
const rows: readonly [name: string, x: (i: number, k: number) => number][] = [
  ['any numbers', (i, k) => floatsOf(k)[i] as number],
  ['whole numbers', i => spread(i, -100, 100)],
  ['zeros', () => 0],
  ['equal numbers', () => 1.1],
  ['the largest sums', () => 8388607 / 8388608],
  ['one that is far larger', i => (i % 50 === 3 ? 1.3e6 : spread(i, -999, 999) / 999)],
  ['magnitudes from 2⁻⁴⁰ to 2⁴⁰', i => 2 ** spread(i, -40, 40) * 1.7],
  ['numbers near the smallest', i => spread(i, -9, 9) * 1e-36],
  ['numbers near the largest', i => spread(i, -9, 9) * 1e35],
  ['a piece of small ones behind one of large ones', i => (i < 32 ? 1e5 : 1e-5) * spread(i, -99, 99)],
];

const row = (k: number, value: (i: number, k: number) => number): Float32Array => Float32Array.from({ length: k }, (_, i) => value(i, k));
const available = int4Rungs().filter(rung => rung.available);

describe.each(available)('one row of float32, rung $name', ({ name: rung }) => {
  it.each(rows)('%s: within the bound, on any number of threads the same bits', (_, value) => {
    for (const one of cases) {
      const [x, weights] = [row(one.k, value), weightsOf(one, anyScale)];
      const got = int4Matmul(x, weights, { m: 1, rung });
      expectWithin(got, exact(x, weights), JSON.stringify(one));
      expect(int4Matmul(x, weights, { m: 1, rung, threads: 2 })).toEqual(got);
    }
  });

  it('the largest numbers and weights do not overflow', () => {
    for (const group of [32, 128]) {
      const [k, n] = [128, 128];
      const zeroPoint = new Int8Array((k / group) * n).fill(-8);
      const weights = packInt4({ k, n, group, codes: new Int8Array(k * n).fill(7), scale: zeroPoint.map(() => 1), zeroPoint });
      for (const size of [1, 8355711 / 2 ** 23, 8355712 / 2 ** 23, 1 - 2 ** -24, -1.5, 2 ** 115])
        expectWithin(
          int4Matmul(
            row(k, () => size),
            weights,
            { m: 1, rung },
          ),
          exact(
            row(k, () => size),
            weights,
          ),
          `of ${size}`,
        );
    }
  });

  it('a large number that meets a weight of zero leaves the others as exact as they were', () => {
    const [k, n, group] = [64, 128, 32];
    const codes = Int8Array.from({ length: k * n }, (_, i) => (Math.floor(i / n) % 32 === 5 ? 0 : spread(i, -8, 7)));
    const weights = packInt4({ k, n, group, codes, scale: new Float32Array(2 * n).fill(0.5) });
    for (const large of [3, 3e3, 3e6, 3e30]) {
      const x = row(k, i => (i % 32 === 5 ? large : spread(i, -999, 999) / 1001));
      expectWithin(int4Matmul(x, weights, { m: 1, rung }), exact(x, weights), `beside ${large}`);
    }
  });

  it('whole numbers with scales that are powers of two are exact', () => {
    for (const one of cases) {
      const [x, weights] = [row(one.k, i => spread(i, -500, 500)), weightsOf(one, i => 2 ** -(i % 3))];
      const whole = exact(x, weights).map(({ value }) => value + 0);
      expect([...int4Matmul(x, weights, { m: 1, rung })], JSON.stringify(one)).toEqual(whole);
    }
  });

  it('NaN and infinity reach every column whose weights they meet, through a weight of zero too', () => {
    const one = { m: 1, k: 96, n: 140, group: 32, zeros: true };
    for (const special of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      const x = floatsOf(96);
      x[40] = special;
      expect(int4Matmul(x, weightsOf(one, anyScale), { m: 1, rung }).every(y => !Number.isFinite(y))).toBe(true);
      const zeros = packInt4({ k: 96, n: 140, group: 32, codes: new Int8Array(96 * 140), scale: new Float32Array(3 * 140).fill(1) });
      expect(int4Matmul(x, zeros, { m: 1, rung }).every(Number.isNaN)).toBe(true);
      const z = int4Matmul(
        floatsOf(96),
        weightsOf(one, i => (i === 5 ? special : 1)),
        { m: 1, rung },
      );
      expect([...z].map((y, j) => Number.isFinite(y) === (j !== 5))).not.toContain(false);
    }
  });

  it.each<Side>(['before', 'after'])('nothing is read or written %s an array: a protected page lies there', side => {
    for (const one of cases) {
      const weights = weightsOf(one, anyScale);
      const at = <T extends Float32Array | Uint8Array>(values: T): T => atProtectedPage(values, side);
      const moved = { ...weights, codes: at(weights.codes), scale: at(weights.scale), ...(weights.zero && { zero: at(weights.zero) }) };
      const [x, out] = [floatsOf(one.k), at(new Float32Array(one.n))];
      int4Matmul(at(x), moved, { m: 1, rung, out });
      expect(out).toEqual(int4Matmul(x, weights, { m: 1, rung }));
    }
  });
});
