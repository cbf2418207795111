import { type CountQuestion, type LoopQuestion, loops, question } from 'tinylab';
import { describe, expect, it } from 'vitest';
import { ask } from '../scope.ts';

const matmul = (body: string): string => `export function matmul(a: F32s, b: F32s, c: F32s, m: i32, n: i32, k: i32): void {\n${body}\n}`;
const right = matmul(`  for (let i = 0; i < m; i++)
    for (let j = 0; j < n; j++) {
      let sum: f32 = 0;
      for (let p = 0; p < k; p++) sum += a[i * k + p] * b[p * n + j];
      c[i * n + j] = sum;
    }`);
const problem = loops.problems.matmul({ m: 3, n: 5, k: 7 });
const facts = { points: 3, uses: ['multiply'] };

const multiply = (options: LoopQuestion = {}) =>
  question('multiply', facts, async q => void (await q.loop('multiply', [problem, loops.problems.matmul({ m: 1, n: 3, k: 2 })], options)));
const asked = (answer: unknown, options?: LoopQuestion) => ask(multiply(options), { multiply: answer });
const failed = (report: Awaited<ReturnType<typeof asked>>) => report.items.filter(({ passed }) => !passed);

describe('q.loop', () => {
  it('gives marks for a loop that is right on fresh inputs of every problem', async () => {
    const report = await asked(right);
    expect(report).toMatchObject({ score: 3, state: 'passed' });
    expect(report.items.map(item => item.asked)).toEqual([
      ...['multiply: matmul 3 × 5 × 7, float32', 'multiply: matmul 3 × 5 × 7, float32'],
      ...['multiply: matmul 1 × 3 × 2, float32', 'multiply: matmul 1 × 3 × 2, float32'],
    ]);
  });

  it('says where an output is wrong first, and how many elements are', async () => {
    const [item] = failed(await asked(right.replace('c[i * n + j] = sum', 'c[i * n + j] = j == 2 ? sum + 1 : sum')));
    expect(item).toMatchObject({ reason: 'wrong', where: 'c[2], the first wrong one; 3 of 15 are wrong' });
    expect(Number(item?.got)).toBe(Number(item?.expected) + 1);
  });

  it('tells that elements were never written', async () => {
    for (const item of failed(await asked(right.replace('j < n', 'j < n - 1')))) expect(item.hint).toMatch(/where nothing was written/);
  });

  it('tells the hint of a known mistake where it gives just what came in every wrong call', async () => {
    const wrong = right.replace('p = 0', 'p = 1');
    const known: LoopQuestion['known'] = [
      [(call, i) => problemSize(call) * i, 'Never.'],
      [(call, index) => withoutFirst(call, index), 'The first product is missing.'],
    ];
    for (const item of failed(await asked(wrong, { known })))
      expect(item).toMatchObject({ reason: 'known mistake', hint: 'The first product is missing.' });
    for (const item of failed(await asked(right.replace('= sum', '= -sum'), { known, hint: 'Look again.' })))
      expect([item.reason, item.hint]).toEqual(['wrong', expect.stringContaining('Look again.')]);
  });

  it('tells the line, the place and the reason of a text that does not compile', async () => {
    const [item] = failed(await asked(right.replace('let sum: f32 = 0', 'let sum: f32 = nought')));
    expect(item).toMatchObject({ reason: 'threw', where: 'line 4, column 22 of the loop' });
    expect(item?.got).toContain('4 |       let sum: f32 = nought;\n                         ^^^^^^');
  });

  it.each([
    ['a trap', right.replace('= sum', '= <f32>(i / (j - j))'), /divided by zero/],
    ['a write outside', right.replace('j < n', 'j <= n'), /behind the end of c/],
    ['a changed input', right.replace('c[i', 'a[i] = 9; c[i'), /changed its input a/],
    ['an import', `import { readFileSync } from 'fs';\n${right}`, /line 1|File/],
    ['no export', right.replace('export ', ''), /exports no function/],
    ['another signature', right.replace(', k: i32', '').replace('p < k', 'p < 1').replace('i * k', 'i'), /takes 5 arguments/],
  ])('names %s', async (_name, answer, message) => {
    const items = failed(await asked(answer));
    expect(items).toHaveLength(1);
    expect(items[0]?.got).toMatch(message);
    expect(items[0]?.hint).toBeDefined();
  });

  it.each([42, null, ['text'], undefined])('refuses %s in place of a text', async answer => {
    const report = await asked(answer);
    expect(report).toMatchObject({ score: 0, state: 'failed' });
    expect(report.items[0]).toMatchObject({ reason: 'wrong kind' });
  });

  it('shows nothing of a hidden case but the hint of its author', async () => {
    const { items } = await ask(multiply({ hint: 'Odd sizes.' }), { multiply: right.replace('= sum', '= 1') }, { hidden: true });
    for (const item of items) {
      expect(item).toMatchObject({ asked: 'a hidden case', hint: 'Odd sizes.' });
      expect(item.got ?? item.where ?? item.expected).toBeUndefined();
    }
  });
});

type Call = Parameters<NonNullable<LoopQuestion['known']>[number][0]>[0];
const array = ({ args }: Call, at: number) => (args[at] as { data: Float32Array }).data;
const problemSize = ({ args }: Call): number => args[3] as number;
function withoutFirst(call: Call, index: number): number {
  const [n, k] = call.args.slice(4) as [number, number];
  const [row, column] = [Math.floor(index / n), index % n];
  let sum = 0;
  for (let p = 1; p < k; p++) sum += (array(call, 0)[row * k + p] as number) * (array(call, 1)[p * n + column] as number);
  return sum;
}

describe('q.counts', () => {
  const sizes = loops.problems.matmul({ m: 64, n: 64, k: 64 });
  const counts = (answer: string, most: number) => {
    const body = question('multiply', facts, async q => {
      await q.counts('multiply', sizes, { atMost: { misses: most, multiplies: 64 ** 3, branches: 300_000 } });
    });
    return ask(body, { multiply: answer });
  };

  it('shows each counter beside its bound', async () => {
    const report = await counts(right, 300_000);
    expect(report.state).toBe('passed');
    expect(report.items.map(({ asked }) => asked)).toEqual([
      'multiply: matmul 64 × 64 × 64, float32',
      'multiply: 270,920 misses in matmul 64 × 64 × 64, float32 (at most 300,000)',
      'multiply: 262,144 products in matmul 64 × 64 × 64, float32 (at most 262,144)',
      expect.stringMatching(/^multiply: 270,\d+ tests in matmul 64 × 64 × 64, float32 \(at most 300,000\)$/),
    ]);
  });

  it('fails a counter above its bound, the same number each time', async () => {
    const shown = await Promise.all([counts(right, 1000), counts(right, 1000)]);
    for (const report of shown) expect(failed(report)).toMatchObject([{ reason: 'wrong', expected: 'at most 1,000' }]);
    expect(shown[0]).toEqual(shown[1]);
  });

  it('counts nothing of a loop that computes nothing', async () => {
    const report = await counts(matmul(''), 300_000);
    expect([report.score, report.items.length]).toEqual([0, 1]);
  });

  const ofArrays = (arrays: CountQuestion['arrays']) =>
    ask(
      question('multiply', facts, async q => void (await q.counts('multiply', sizes, { arrays, hint: 'All in all.' }))),
      { multiply: right },
    );

  it('bounds what is done with one array, each with a hint of its own', async () => {
    const kept = await ofArrays({ b: { misses: 270_000, loads: 64 ** 3, bytesRead: 4 * 64 ** 3, stores: 0 } });
    expect([kept.state, failed(kept)]).toEqual(['passed', []]);
    expect(kept.items.at(-1)?.asked).toMatch(/^multiply: 1,048,576 bytes read of b in matmul/);
    const report = await ofArrays({ a: { misses: 600 }, b: { misses: [4096], hint: 'Walk along rows of B.' }, c: { stores: 4095 } });
    expect(failed(report)).toMatchObject([
      { expected: 'at most 600', got: expect.stringMatching(/misses of a$/), hint: 'All in all.' },
      { expected: 'at most 4,096', got: expect.stringMatching(/misses of b$/), hint: 'Walk along rows of B.' },
      { expected: 'at most 4,095', got: '4,096 stores of c', hint: 'All in all.' },
    ]);
  });

  it('says that a check names an array that is not there, instead of giving its marks away', async () => {
    const { state, items } = await ofArrays({ d: { misses: 1 } });
    expect([state, items[0]?.got, items[0]?.hint]).toEqual([
      'not gradable',
      'The call has no array "d".',
      'Its arrays are a, b, c, scratch.',
    ]);
  });
});
