import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pkhbt, pkhtb, qadd, ror, smlad, smlald, ssat, sxtb16 } from '../../../../lib/deploy/mcu/instructions.ts';
import { runNetwork } from '../../../../lib/deploy/mcu/network.ts';
import { mcuTools } from '../../../../lib/deploy/mcu/toolchain.ts';
import { random } from '../../../../lib/tensor/random.ts';
import { board } from './small-network.ts';

const tools = await mcuTools().catch(() => undefined);
const edges = [0, 1, -1, 0x7fff, -0x8000, 0x7fff7fff, -0x7fff8000, -0x80000000, 0x7fffffff, 0x00008000, 0x7f80ff01 | 0, 0x80007fff | 0];
const register = fc.oneof(fc.constantFrom(...edges), fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }));
const half = (x: number, top: boolean): bigint => BigInt.asIntN(16, BigInt(x) >> (top ? 16n : 0n));
const products = (a: number, b: number): bigint => half(a, false) * half(b, false) + half(a, true) * half(b, true);
const word = (x: bigint): number => Number(BigInt.asIntN(32, x));

describe('instructions', () => {
  it('are what the manual says, in whole numbers of any size', () => {
    fc.assert(
      fc.property(fc.tuple(register, register, register), fc.integer({ min: 0, max: 31 }), ([a, b, c], n) => {
        expect(smlad(a, b, c)).toBe(word(products(a, b) + BigInt(c)));
        expect(smlald(a, b, (BigInt(c) << 31n) + BigInt(n))).toBe(BigInt.asIntN(64, products(a, b) + (BigInt(c) << 31n) + BigInt(n)));
        const twice = (BigInt.asUintN(32, BigInt(a)) << 32n) | BigInt.asUintN(32, BigInt(a));
        expect(ror(a, n)).toBe(word(twice >> BigInt(n)));
        for (const rotation of [0, 8, 16, 24]) {
          const turned = twice >> BigInt(rotation);
          expect(sxtb16(a, rotation)).toBe(word((BigInt.asIntN(8, turned >> 16n) << 16n) | BigInt.asUintN(16, BigInt.asIntN(8, turned))));
        }
        expect(pkhbt(a, b, n)).toBe(word(((BigInt(b) << BigInt(n)) & 0xffff0000n) | (BigInt(a) & 0xffffn)));
        expect(pkhtb(a, b, n + 1)).toBe(word((BigInt(a) & ~0xffffn) | ((BigInt(b) >> BigInt(n + 1)) & 0xffffn)));
        const most = 2n ** BigInt(n);
        expect(BigInt(ssat(a, n + 1))).toBe(BigInt(a) < -most ? -most : BigInt(a) >= most ? most - 1n : BigInt(a));
        expect(qadd(a, b)).toBe(Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, a + b)));
      }),
      { numRuns: 2000 },
    );
  });

  it('wrap or stop at their ends', () => {
    const lowest = -0x7fff8000;
    expect(lowest).toBe(0x80008000 | 0);
    expect(smlad(lowest, lowest, 0)).toBe(-(2 ** 31));
    expect(smlald(lowest, lowest, 0n)).toBe(2n ** 31n);
    expect(smlald(lowest, lowest, 2n ** 63n - 1n)).toBe(-(2n ** 63n) + 2n ** 31n - 1n);
    expect([qadd(2 ** 31 - 1, 2 ** 31 - 1), qadd(-(2 ** 31), -1)]).toEqual([2 ** 31 - 1, -(2 ** 31)]);
    expect([ssat(-(2 ** 31), 32), ssat(5, 1), ssat(-5, 1)]).toEqual([-(2 ** 31), 0, -1]);
    expect(pkhtb(0, -1, 32)).toBe(0xffff);
  });

  it('refuse what has no encoding', () => {
    for (const refused of [
      () => sxtb16(1, 4),
      () => ror(1, 32),
      () => ror(1, 0.5),
      () => pkhbt(1, 1, 32),
      () => pkhtb(1, 1, 33),
      () => ssat(1, 0),
      () => ssat(1, 33),
    ])
      expect(refused).toThrow(/bits/);
  });
});

/** Each with what the library makes of a, b, c, and of c and d as one number of 64 bits. */
const asked: readonly (readonly [assembler: string, (a: number, b: number, c: number) => number])[] = [
  ['smlad %0, %1, %2, %3', smlad],
  ['qadd %0, %1, %2', qadd],
  ['sxtb16 %0, %1', a => sxtb16(a)],
  ...[8, 16, 24].map(n => [`sxtb16 %0, %1, ror #${n}`, (a: number) => sxtb16(a, n)] as const),
  ...[1, 8, 31].map(n => [`ror %0, %1, #${n}`, (a: number) => ror(a, n)] as const),
  ['pkhbt %0, %1, %2', (a, b) => pkhbt(a, b)],
  ...[1, 16, 31].map(n => [`pkhbt %0, %1, %2, lsl #${n}`, (a: number, b: number) => pkhbt(a, b, n)] as const),
  ...[1, 16, 32].map(n => [`pkhtb %0, %1, %2, asr #${n}`, (a: number, b: number) => pkhtb(a, b, n)] as const),
  ...[1, 8, 16, 32].map(n => [`ssat %0, #${n}, %1`, (a: number) => ssat(a, n)] as const),
];

/** A program that runs all of them on the four registers of each example. */
function source(): string {
  const lines = asked.map(([text], i) => `  __asm__("${text}" : "=r"(y[${i}]) : "r"(x[0]), "r"(x[1]), "r"(x[2]));`);
  return `#include "network.h"
static int32_t x[4], y[${asked.length + 2}];
const uint32_t network_input_bytes[] = {16}, network_output_bytes[] = {${4 * (asked.length + 2)}};
void *network_input(int i) { return x; }
void *network_output(int i) { return y; }
__attribute__((noinline)) void step_00_all(void) {
${lines.join('\n')}
  int32_t low = x[2], high = x[3];
  __asm__("smlald %0, %1, %2, %3" : "+r"(low), "+r"(high) : "r"(x[0]), "r"(x[1]));
  y[${asked.length}] = low;
  y[${asked.length + 1}] = high;
}
void network_run(void) { step_00_all(); }
`;
}

const header = `#pragma once
#include <stdint.h>
#define NETWORK_INPUTS 1
#define NETWORK_OUTPUTS 1
extern const uint32_t network_input_bytes[NETWORK_INPUTS], network_output_bytes[NETWORK_OUTPUTS];
void network_run(void);
void *network_input(int i);
void *network_output(int i);
`;

describe.skipIf(!tools)("an emulated processor's own instructions (skipped where compiler or QEMU are missing)", () => {
  const before = process.env.XDG_CACHE_HOME;
  let cache = '';
  beforeAll(() => {
    cache = mkdtempSync(join(tmpdir(), 'tinylab-instructions-'));
    process.env.XDG_CACHE_HOME = cache;
  });
  afterAll(() => {
    if (before === undefined) delete process.env.XDG_CACHE_HOME;
    else process.env.XDG_CACHE_HOME = before;
    rmSync(cache, { recursive: true, force: true });
  });

  it.each(['cortex-m4', 'cortex-m7'] as const)('give the same bits on %s', async core => {
    const rng = random(9);
    const count = 2000;
    const any = (): number => (rng.int(0, 2) === 0 ? rng.pick(edges) : rng.int(-(2 ** 31), 2 ** 31 - 1));
    const x = Int32Array.from({ length: 4 * count }, any);
    const { outputs } = await runNetwork(
      { files: { 'network.h': header, 'network.c': source() } },
      { ...board, core },
      { inputs: new Uint8Array(x.buffer), count },
    );
    const found = new Int32Array(outputs.slice().buffer);
    const expected = Array.from({ length: count }, (_, n) => {
      const [a, b, c, d] = x.subarray(4 * n, 4 * n + 4) as unknown as [number, number, number, number];
      const long = smlald(a, b, (BigInt(d) << 32n) | BigInt.asUintN(32, BigInt(c)));
      return [...asked.map(([, compute]) => compute(a, b, c)), word(long), word(long >> 32n)];
    });
    expect(found).toEqual(Int32Array.from(expected.flat()));
  });
});
