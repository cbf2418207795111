import { beforeAll, describe, expect, it } from 'vitest';
import { compile } from '../../../lib/loops/compile/compile.ts';
import { count } from '../../../lib/loops/count/count.ts';
import type { LoopCounts } from '../../../lib/loops/count/counts.ts';
import { ladder } from '../../../lib/loops/ladder/index.ts';
import { problems } from '../../../lib/loops/problems/index.ts';
import type { LoopProblem } from '../../../lib/loops/problems/problem.ts';

// What a step is for is seen in what it does, not in how long that takes.

const n = 64;
const conv = { height: 8, width: 8, channels: 16, filters: 16 };
const cases: Readonly<Record<keyof typeof ladder, LoopProblem>> = {
  matmul: problems.matmul({ m: n, n, k: n }),
  int8Matmul: problems.int8Matmul({ m: n, n, k: n }),
  conv: problems.conv(conv),
  int8Conv: problems.int8Conv(conv),
  int4Gemv: problems.int4Gemv({ rows: 16, columns: 256 }),
};

/** Counts of every step of a ladder, by its name. */
const countsOf = async (name: keyof typeof ladder): Promise<Record<string, LoopCounts>> =>
  Object.fromEntries(
    await Promise.all(ladder[name].map(async rung => [rung.name, await count(await compile(rung.source), cases[name].call(1))] as const)),
  );

let of: Record<string, LoopCounts>;
const missesOf = (name: string): number => of[name]?.misses[0] as number;
const ratio = (what: 'branches' | 'loads' | 'stores' | 'instructions' | 'multiplies', [one, other]: readonly [string, string]): number =>
  (of[one]?.[what] as number) / (of[other]?.[what] as number);

describe('the ladder of float products', () => {
  beforeAll(async () => {
    of = await countsOf('matmul');
  });

  it('makes as many products at each step', () => {
    for (const counts of Object.values(of)) expect(counts.multiplies).toBe(n ** 3);
  });

  it('misses an eighth when reordered, since a line holds eight numbers, and a tenth of that when tiled', () => {
    expect(missesOf('naive') / missesOf('reordered')).toBeCloseTo(8, 0);
    expect(missesOf('unrolled')).toBe(missesOf('reordered'));
    expect(missesOf('tiled and packed')).toBeLessThan(0.11 * missesOf('unrolled'));
  });

  it('loads half as much of B when two rows meet a tile', () => {
    expect(of['tiled and packed']?.byArray.scratch?.loads).toBe((of.unrolled?.byArray.b?.loads as number) / 2);
  });

  it('tests, loads C and stores C a quarter as often when unrolled', () => {
    expect(ratio('branches', ['unrolled', 'reordered'])).toBeCloseTo(0.25, 1);
    const ofC = (name: string, what: 'loads' | 'stores'): number => of[name]?.byArray.c?.[what] as number;
    expect(ofC('unrolled', 'loads')).toBe(ofC('reordered', 'loads') / 4);
    expect(ofC('unrolled', 'stores') - n * n).toBe((ofC('reordered', 'stores') - n * n) / 4);
  });

  it('executes a third of the instructions with vectors of four', () => {
    expect(ratio('instructions', ['SIMD', 'tiled and packed'])).toBeLessThan(0.35);
    expect(ratio('loads', ['SIMD', 'tiled and packed'])).toBeLessThan(0.3);
  });

  it('loads six vectors for 32 products and stores C once with a register block', () => {
    const { byArray } = of['register block'] as LoopCounts;
    expect(byArray.c).toMatchObject({ loads: 0, stores: (n * n) / 4 });
    expect((byArray.a?.loads as number) + (byArray.scratch?.loads as number)).toBe((6 * n ** 3) / 32);
  });
});

describe('the ladder of int8 products', () => {
  beforeAll(async () => {
    of = await countsOf('int8Matmul');
  });

  it('tests a quarter as often when unrolled', () => {
    expect(ratio('branches', ['unrolled', 'reordered'])).toBeCloseTo(0.25, 1);
  });

  it('makes all products in vectors from the dot products on, and fewer instructions and loads at each step', () => {
    const vectors = ['dot products', 'widened', 'register block'];
    for (const name of vectors) expect(of[name]?.multiplies, name).toBe(n ** 3);
    expect(of.unrolled?.multiplies).toBe(0);
    for (const [i, name] of vectors.entries()) {
      const before = vectors[i - 1] ?? 'unrolled';
      expect(ratio('instructions', [name, before]), name).toBeLessThan(0.85);
      expect(ratio('loads', [name, before]), name).toBeLessThan(0.9);
    }
  });
});

describe('the ladders of convolutions', () => {
  it('float32: weights are read along rows, windows need no test, and the block reads and stores least', async () => {
    of = await countsOf('conv');
    expect(missesOf('reordered')).toBeLessThan(0.15 * missesOf('direct'));
    // the border counts once windows are written out
    expect([of.direct?.multiplies, of.im2col?.multiplies]).toEqual([121 * 4 * 16 * 16, 9 * 64 * 16 * 16]);
    expect(ratio('branches', ['im2col', 'reordered'])).toBeLessThan(0.3);
    for (const what of ['loads', 'stores', 'instructions'] as const)
      expect(ratio(what, ['implicit product', 'im2col']), what).toBeLessThan(0.5);
    expect(of['implicit product']?.byArray.y).toMatchObject({ loads: 0, stores: (64 * 16) / 4 });
    expect(missesOf('implicit product')).toBeLessThan(0.2 * missesOf('im2col'));
  });

  it('int8: products move into vectors, and the block stores eight outputs at once', async () => {
    of = await countsOf('int8Conv');
    expect(of.direct?.multiplies).toBe(0);
    expect(of.im2col?.multiplies).toBe(9 * 64 * 16 * 16);
    expect(ratio('instructions', ['im2col', 'direct'])).toBeLessThan(0.25);
    for (const what of ['loads', 'stores', 'instructions'] as const)
      expect(ratio(what, ['implicit product', 'im2col']), what).toBeLessThan(0.5);
    expect(of['implicit product']?.byArray.y).toMatchObject({ loads: 0, stores: (64 * 16) / 8 });
  });
});

describe('the ladder of 4-bit products', () => {
  it('scales once a group, then loads a group at once', async () => {
    of = await countsOf('int4Gemv');
    expect([of.scalar?.multiplies, of['integer sums']?.multiplies]).toEqual([3 * 16 * 256, (2 * 16 * 256) / 32]);
    expect(of['integer sums']?.byArray.w?.loads).toBe((16 * 256) / 2);
    expect(of.SIMD?.byArray.w?.loads).toBe((16 * 256) / 32);
    expect(ratio('instructions', ['SIMD', 'integer sums'])).toBeLessThan(0.15);
  });
});
