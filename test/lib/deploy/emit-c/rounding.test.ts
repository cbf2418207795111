import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { opsHeader, scaledWideHelper } from '../../../../lib/deploy/emit-c/ops-header.ts';
import { mantissaOf, narrowHelper, wideHelper } from '../../../../lib/deploy/emit-c/rounded-once.ts';
import { scaled, scaledWide } from '../../../../lib/deploy/fixed-point.ts';
import { denseStore } from '../../../../lib/deploy/integer/dense.ts';
import { random } from '../../../../lib/tensor/random.ts';
import { hasCompiler } from './host.ts';

/** Answers of a C function to rows of 64-bit numbers, `columns` a row; `call` is the C of an answer, whose arguments are a[0], a[1], … */
function answers(helpers: string, call: string, rows: readonly (readonly bigint[])[]): readonly bigint[] {
  const folder = mkdtempSync(join(tmpdir(), 'tinylab-emit-c-'));
  try {
    const columns = rows[0]?.length ?? 1;
    const main = `${opsHeader}\n#include <stdio.h>\n${helpers}
int main(void) {
  int64_t a[${columns}];
  while (fread(a, sizeof a, 1, stdin) == 1) {
    int64_t answer = ${call};
    fwrite(&answer, sizeof answer, 1, stdout);
  }
}`;
    writeFileSync(join(folder, 'main.c'), main);
    const flags = [
      '-std=gnu11',
      '-O2',
      '-Wall',
      '-Wextra',
      '-Wno-unused-function',
      '-Werror',
      '-fsanitize=undefined',
      '-fno-sanitize-recover=all',
    ];
    const compiled = spawnSync('gcc', [...flags, '-o', join(folder, 'main'), join(folder, 'main.c')]);
    if (compiled.status !== 0) throw new Error(compiled.stderr.toString());
    const ran = spawnSync(join(folder, 'main'), { input: Buffer.from(BigInt64Array.from(rows.flat()).buffer), maxBuffer: 2 ** 28 });
    if (ran.status !== 0) throw new Error(ran.stderr.toString());
    return Array.from(new BigInt64Array(new Uint8Array(ran.stdout).buffer));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const bits = new DataView(new ArrayBuffer(8));
/** The number of double precision `steps` further on. */
function nextDouble(value: number, steps: number): number {
  bits.setFloat64(0, value);
  bits.setBigInt64(0, bits.getBigInt64(0) + BigInt(steps));
  return bits.getFloat64(0);
}

/** Sums with factors whose products lie at halves, beside them, and anywhere. */
function closeCalls(count: number): readonly (readonly [sum: number, factor: number])[] {
  const rng = random(7);
  const cases: (readonly [number, number])[] = [];
  for (let i = 0; i < count; i++) {
    const magnitude = rng.int(1, 2 ** rng.int(1, 31) - 1);
    const sum = rng.next() < 0.5 ? -magnitude : magnitude;
    const half = rng.int(0, 300) + 0.5;
    cases.push([sum, nextDouble(half / magnitude, rng.int(-2, 2))], [sum, rng.next() * 2 ** rng.int(-40, 2)]);
  }
  const ends = [0, 1, -1, 2 ** 31 - 1, -(2 ** 31), 2 ** 30, -(2 ** 30)];
  const factors = [
    2 ** -200,
    2 ** -100,
    2 ** -54,
    2 ** -32,
    2 ** -31,
    0.5,
    nextDouble(0.5, -1),
    1,
    nextDouble(1, 1),
    3.5,
    2 ** 20,
    2 ** 500,
    5e-324,
  ];
  return [...cases, ...ends.flatMap(sum => factors.map((factor): readonly [number, number] => [sum, factor]))];
}

const attributes = {
  multiplier: [1],
  shift: [0],
  outputZeroPoint: 0,
  low: -(2 ** 31),
  high: 2 ** 31 - 1,
  inputZeroPoint: 0,
  weightZeroPoint: [0],
};
const clip = (value: bigint): number => Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, Number(value)));

describe.skipIf(!hasCompiler)('arithmetic in C is that of the interpreters (skipped without gcc)', () => {
  it('products in double precision, rounded once, with integers alone', () => {
    const cases = closeCalls(60_000);
    const rows = cases.map(([sum, factor]) => {
      const { high, low, right } = mantissaOf(factor);
      return [sum, high, low, right].map(BigInt);
    });
    const got = answers(narrowHelper, 'rounded_once((int32_t)a[0], (uint32_t)a[1], (uint32_t)a[2], (int)a[3])', rows).map(clip);
    const expected = cases.map(([sum, factor]) => denseStore({ ...attributes, factor: [factor] })(sum, 0));
    expect(got.findIndex((value, i) => value !== (expected[i] as number) + 0)).toBe(-1);
    // the cases tell roundings apart: exact products that are rounded once give something else somewhere
    expect(cases.some(([sum, factor], i) => exactly(sum, factor) !== expected[i])).toBe(true);
  });

  it('the same for sums of 64 bits', () => {
    const cases = closeCalls(5_000).map(([sum, factor]): readonly [number, number] => [sum * 3, factor / 3]);
    const rows = cases.map(([sum, factor]) => [BigInt(sum), new BigInt64Array(Float64Array.of(factor).buffer)[0] as bigint]);
    const got = answers(wideHelper, 'rounded_once_wide(a[0], a[1])', rows).map(clip);
    expect(got).toEqual(cases.map(([sum, factor]) => denseStore({ ...attributes, factor: [factor] }, true)(sum, 0) + 0));
  });

  it('multipliers and shifts, both ways to round', () => {
    const rng = random(8);
    const any = (): number =>
      rng.next() < 0.2
        ? rng.pick([0, 1, -1, 2 ** 31 - 1, -(2 ** 31), 2 ** 30, -(2 ** 30)])
        : rng.int(-(2 ** 31), 2 ** 31 - 1) >> rng.int(0, 30);
    const cases = Array.from({ length: 50_000 }, () => [any(), Math.max(1 - 2 ** 31, any()), rng.int(-31, 30)] as const);
    const rows = cases.map(row => row.map(BigInt));
    expect(answers('', 'scaled((int32_t)a[0], (int32_t)a[1], (int)a[2])', rows).map(Number)).toEqual(
      cases.map(([x, m, shift]) => scaled(x, m, shift) + 0),
    );
    const wide = cases.map(([x, , shift]) => [shift > 14 ? x >> 12 : x * 2 ** 15 + 77, rng.int(1, 2 ** 31 - 1), shift] as const);
    const reduced = wide.map(([x, m, shift]) => [x, m < 0x7fff0000 ? (m + 2 ** 15) >> 16 : 0x7fff, 15 - shift].map(BigInt));
    expect(answers(scaledWideHelper, 'scaled_wide(a[0], (int32_t)a[1], (int)a[2])', reduced).map(Number)).toEqual(
      wide.map(([x, m, shift]) => scaledWide(x, m, shift) + 0),
    );
  });
});

/** sum · factor without any rounding, then to the nearest whole number, halves away from zero. */
function exactly(sum: number, factor: number): number {
  const { high, low, right } = mantissaOf(factor);
  const product = BigInt(Math.abs(sum)) * (BigInt(high) * 2n ** 32n + BigInt(low));
  return right < 1 ? clip(BigInt(sum) * 2n ** 40n) : clip(BigInt(Math.sign(sum)) * ((product + 2n ** BigInt(right - 1)) >> BigInt(right)));
}
