import { describe, expect, it } from 'vitest';
import { compile } from '../../../lib/loops/compile/compile.ts';
import { ladder } from '../../../lib/loops/ladder/index.ts';
import { problems } from '../../../lib/loops/problems/index.ts';
import type { LoopProblem } from '../../../lib/loops/problems/problem.ts';
import { verify } from '../../../lib/loops/problems/verify.ts';

const conv = (make: typeof problems.conv): LoopProblem[] =>
  [
    [1, 1, 1, 1],
    [4, 4, 8, 8],
    [3, 5, 7, 9],
    [2, 1, 33, 3],
    [5, 6, 16, 17],
  ].map(([height = 1, width = 1, channels = 1, filters = 1]) => make({ height, width, channels, filters }));
const product = (make: typeof problems.matmul): LoopProblem[] =>
  [
    [1, 1, 1],
    [4, 8, 16],
    [3, 5, 7],
    [9, 17, 35],
    [33, 41, 66],
    [2, 64, 1],
  ].map(([m = 1, n = 1, k = 1]) => make({ m, n, k }));

/** Even sizes and odd ones: one element, whole blocks, a rest of every kind. */
const cases: Readonly<Record<keyof typeof ladder, LoopProblem[]>> = {
  matmul: product(problems.matmul),
  int8Matmul: product(problems.int8Matmul),
  conv: conv(problems.conv),
  int8Conv: conv(problems.int8Conv),
  int4Gemv: [1, 3, 8].flatMap(rows => [32, 96].map(columns => problems.int4Gemv({ rows, columns }))),
};

describe.each(Object.entries(ladder))('ladder.%s', (name, rungs) => {
  it.each(rungs.map(rung => [rung.name, rung.source] as const))('%s computes the definition on all sizes', async (_, source) => {
    const loop = await compile(source);
    for (const problem of cases[name as keyof typeof ladder]) expect(await verify(loop, problem), problem.name).toEqual({ right: true });
  });
});
