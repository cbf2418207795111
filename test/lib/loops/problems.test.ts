import { describe, expect, it } from 'vitest';
import { compile } from '../../../lib/loops/compile/compile.ts';
import { problems } from '../../../lib/loops/problems/index.ts';
import { arrayOf, expected } from '../../../lib/loops/problems/problem.ts';
import { compared, verify } from '../../../lib/loops/problems/verify.ts';

const loopsOf = (view: string, sum: string, body: string): string =>
  `export function matmul(a: ${view}, b: ${view}, c: ${sum}, m: i32, n: i32, k: i32): void { ${body} }`;
const right = `for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) {
  c[i * n + j] = 0;
  for (let p = 0; p < k; p++) c[i * n + j] += a[i * k + p] * b[p * n + j];
}`;
const sizes = { m: 3, n: 5, k: 7 };

describe.each([
  ['matmul', 'F32s', 'F32s'],
  ['int8Matmul', 'I8s', 'I32s'],
] as const)('%s', (name, view, sum) => {
  const problem = problems[name](sizes);

  it('is solved by its definition', async () => {
    expect(await verify(await compile(loopsOf(view, sum, right)), problem)).toEqual({ right: true });
    expect(problem.signature).toBe(loopsOf(view, sum, '').slice(0, -5));
    expect([problem.macs, problem.bytes]).toEqual([105, name === 'matmul' ? 4 * (21 + 35 + 15) : 21 + 35 + 60]);
  });

  it.each([
    ['B misread as its transpose', right.replace('b[p * n + j]', 'b[j * k + p]')],
    ['sums that are not reset', right.replace('c[i * n + j] = 0;', '')],
    ['a tail that is dropped', right.replace('p < k;', 'p < k - 1;')],
  ])('sees %s', async (_, body) => {
    const { right: ok, wrong } = await verify(await compile(loopsOf(view, sum, body)), problem);
    expect(ok).toBe(false);
    expect(wrong?.count).toBeGreaterThan(0);
  });

  it('has the same inputs for the same seed and others for another', () => {
    const [one, same, other] = [1, 1, 2].map(seed => arrayOf(problem.call(seed), 'a').data);
    expect(one).toEqual(same);
    expect(one).not.toEqual(other);
  });
});

describe('compared', () => {
  it('takes NaN for no number', () => {
    expect(compared(Float32Array.of(1, Number.NaN), Float32Array.of(1, 2))).toMatchObject({
      right: false,
      wrong: { index: 1, count: 1, expected: 2 },
    });
  });

  it('finds every float product exact, in any order', () => {
    const problem = problems.matmul({ m: 1, n: 1, k: 512 });
    const call = problem.call(3);
    const [a, b] = [arrayOf(call, 'a').data, arrayOf(call, 'b').data];
    let backwards = 0;
    for (let p = 511; p >= 0; p--) backwards = Math.fround(backwards + Math.fround((a[p] as number) * (b[p] as number)));
    expect(expected(problem, call)).toEqual(Float32Array.of(backwards));
  });

  it('refuses sizes that are none', () => {
    expect(() => problems.matmul({ m: 0, n: 1, k: 1 })).toThrow(/m must be a whole number/);
  });
});
