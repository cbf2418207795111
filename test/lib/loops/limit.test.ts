import { describe, expect, it } from 'vitest';
import { compile } from '../../../lib/loops/compile/compile.ts';
import { count } from '../../../lib/loops/count/count.ts';
import { ladder } from '../../../lib/loops/ladder/index.ts';
import type { LoopCall } from '../../../lib/loops/loop.ts';
import { measure } from '../../../lib/loops/measure/measure.ts';
import { problems } from '../../../lib/loops/problems/index.ts';
import { callLimits, type LoopProblem } from '../../../lib/loops/problems/problem.ts';
import { verify } from '../../../lib/loops/problems/verify.ts';
import { run } from '../../../lib/loops/run/run.ts';

const square = problems.matmul({ m: 24, n: 24, k: 24 });
const head = 'export function matmul(a: F32s, b: F32s, c: F32s, m: i32, n: i32, k: i32): void';
const endless = `${head} { while (true) c[0] += a[0] * b[0]; }`;
const caught = (work: Promise<unknown>): Promise<unknown> => work.catch((error: unknown) => error);

/** Milliseconds, and what was thrown. */
async function timed(work: () => Promise<unknown>): Promise<{ ms: number; error: unknown }> {
  const start = performance.now();
  const error = await caught(work());
  return { ms: performance.now() - start, error };
}

/** Every ladder with a small problem of its kind: sides that nothing divides. */
const ladders: readonly (readonly [keyof typeof ladder, LoopProblem])[] = [
  ['matmul', problems.matmul({ m: 9, n: 13, k: 11 })],
  ['int8Matmul', problems.int8Matmul({ m: 9, n: 13, k: 11 })],
  ['conv', problems.conv({ height: 5, width: 7, channels: 6, filters: 9 })],
  ['int8Conv', problems.int8Conv({ height: 5, width: 7, channels: 6, filters: 9 })],
  ['int4Gemv', problems.int4Gemv({ rows: 5, columns: 96 })],
];

describe('a bound on instructions', () => {
  it.each(ladders)('leaves what every rung of %s computes as it is, and ends it where it does too much', async (kind, problem) => {
    const call = problem.call(3);
    const most = callLimits(problem).mostInstructions as number;
    for (const { name, source } of ladder[kind]) {
      const loop = await compile(source);
      const { instructions, outputs } = await count(loop, call);
      // ranges that are filled or copied cost by their length: no more than the rest, here
      expect((await run(loop, call, { mostInstructions: 2 * instructions })).outputs, name).toEqual(outputs);
      expect(await caught(run(loop, call, { mostInstructions: Math.ceil(instructions / 2) })), name).toMatchObject({
        code: 'loops/endless',
      });
      // a loop that does everything twenty times over is slow, and not endless
      expect(20 * instructions, name).toBeLessThan(most);
    }
  });

  it('lets a slow loop pass that is right: everything is computed twenty times', async () => {
    const slow = await compile(`${head} {
      for (let again = 0; again < 20; again++)
        for (let i = 0; i < m; i++)
          for (let j = 0; j < n; j++) {
            let sum: f32 = 0;
            for (let p = 0; p < k; p++) sum += a[i * k + p] * b[p * n + j];
            c[i * n + j] = sum;
          }
    }`);
    const larger = problems.matmul({ m: 64, n: 64, k: 64 });
    expect(await verify(slow, larger)).toEqual({ right: true });
    expect((await count(slow, larger.call(1), callLimits(larger))).multiplies).toBe(20 * larger.macs);
  });

  it('says so, the same each time, and the thread goes on', async () => {
    const loop = await compile(endless);
    const first = await caught(run(loop, square.call(1), { mostInstructions: 1_000_000 }));
    expect(first).toMatchObject({ code: 'loops/endless', message: expect.stringContaining('after 1,000,000 instructions') });
    expect(String(await caught(run(loop, square.call(1), { mostInstructions: 1_000_000 })))).toBe(String(first));
    const add: LoopCall = { args: [1, 2] };
    const sum = await compile('export function add(a: i32, b: i32): i32 { return a + b; }');
    expect(await run(sum, add, { mostInstructions: 10 })).toMatchObject({ value: 3 });
  });

  it.each([
    ['an empty loop', 'while (true) {}'],
    ['loops in loops', 'for (let i = 0; ; i++) for (let j = 0; j < 9; j++) c[j] = a[i & 3];'],
    ['ranges that are filled', 'while (true) memory.fill(changetype<usize>(c), 0, m * n << 2);'],
    ['ranges that are copied', 'for (;;) memory.copy(changetype<usize>(c), changetype<usize>(a), 512);'],
    ['a function that is called for ever', 'for (;;) twice(c);'],
  ])('ends %s', async (_what, body) => {
    const loop = await compile(`function twice(c: F32s): void { c[0] *= 2; }\n${head} { ${body} }`);
    const { ms, error } = await timed(() => run(loop, square.call(1), { mostInstructions: 3e7, deadlineMs: 20_000 }));
    expect(error).toMatchObject({ code: 'loops/endless', message: expect.stringContaining('instructions') });
    expect(ms).toBeLessThan(10_000);
  });

  it('tells a trap that comes first as what it is', async () => {
    const loop = await compile(`${head} { c[0] = 1; unreachable(); }`);
    expect(await caught(run(loop, square.call(1), { mostInstructions: 1000 }))).toMatchObject({ code: 'loops/trap' });
  });

  it.each([0, -1, 0.5, Number.NaN, Infinity, '9'])('refuses %s', async most => {
    const loop = await compile(endless);
    expect(await caught(run(loop, square.call(1), { mostInstructions: most as number }))).toMatchObject({ code: 'loops/call' });
  });
});

describe('an endless loop', () => {
  type Compiled = Awaited<ReturnType<typeof compile>>;
  it.each([
    ['run', (loop: Compiled) => run(loop, square.call(1)), 'longer than 2.5 s'],
    ['count', (loop: Compiled) => count(loop, square.call(1)), 'longer than 2.5 s'],
    ['verify', (loop: Compiled) => verify(loop, square), 'after 30,736,000 instructions'],
    ['measure', (loop: Compiled) => measure(loop, square), 'after 30,736,000 instructions'],
    ['verify of something large', (loop: Compiled) => verify(loop, problems.matmul({ m: 200, n: 200, k: 200 })), 'longer than 2.5 s'],
  ])('is ended in %s by a bound that takes less than three seconds', async (_what, work, says) => {
    const { ms, error } = await timed(async () => work(await compile(endless)));
    expect(error).toMatchObject({ code: 'loops/endless', message: expect.stringContaining(says) });
    // threads may have to be started on a machine that is busy
    expect(ms).toBeLessThan(10_000);
  });
});
