import { expect, it } from 'vitest';
import { scaled } from '../../../lib/deploy/fixed-point.ts';
import { type Int8Kernels, int8Kernels, int8Shape } from '../../../lib/tensor/native-int8.ts';
import { packed, packedLength } from './int8-matmul-cases.ts';
import { bytes, whole } from './int8-values.ts';

const kernels = int8Kernels() as Int8Kernels;
const [m, k, n] = [14, 131, 37];
const one = { threads: 1 };

/** The requantizing of an integer program, lib/deploy/integer: a shift to the left is positive. */
it.each([true, false])('bytes are those of an integer program, a signed: %s', signed => {
  const [a, b] = [bytes(signed, m * k, 10), Int8Array.from(bytes(true, k * n, 13))];
  const zero = signed ? -5 : 131;
  const sum = (i: number, j: number): number =>
    a.subarray(i * k, i * k + k).reduce((total, x, p) => total + (x - zero) * (b[p * n + j] as number), 0);
  const [offset, multiplier, shift] = [
    whole(-9000, 9000, { length: n, seed: 1 }),
    whole(2 ** 30, 2 ** 31 - 1, { length: n, seed: 2 }),
    whole(-12, 1, { length: n, seed: 3 }),
  ];
  const [outputZero, low, high] = [-7, -128, 120];
  const channel = Int32Array.from([...offset, ...multiplier, ...shift.map(s => Math.max(0, s)), ...shift.map(s => Math.max(0, -s))]);
  const fields = { m, k, n, isSigned: Number(signed), zero, outputZero, low, high };
  const weights = new Int8Array(packedLength(k, n));
  kernels.int8MatmulPack(int8Shape.matmulPack({ k, n }), b, weights, one);
  expect(weights).toEqual(packed(b, k, n));
  const [y, sums] = [new Int8Array(m * n), new Int32Array(m * n)];
  kernels.int8Matmul(int8Shape.matmul({ ...fields, isSums: 0 }), a, weights, channel, y, one);
  kernels.int8Matmul(int8Shape.matmul({ ...fields, isSums: 1 }), a, weights, undefined, new Uint8Array(sums.buffer), one);
  const all = Array.from({ length: m * n }, (_, at) => [Math.floor(at / n), at % n] as const);
  expect([...sums]).toEqual(all.map(([i, j]) => sum(i, j)));
  const stored = ([i, j]: readonly [number, number]): number =>
    Math.min(high, Math.max(low, outputZero + scaled(sum(i, j) + (offset[j] as number), multiplier[j] as number, shift[j] as number)));
  expect([...y]).toEqual(all.map(stored));
  expect(new Set(y).size).toBeGreaterThan(20);
});
