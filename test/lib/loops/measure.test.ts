import { describe, expect, it } from 'vitest';
import { compile } from '../../../lib/loops/compile/compile.ts';
import { measure } from '../../../lib/loops/measure/measure.ts';
import { problems } from '../../../lib/loops/problems/index.ts';

const problem = problems.matmul({ m: 8, n: 8, k: 8 });
const loopOf = (body: string, before = '') => compile(`${before} ${problem.signature} { ${body} }`);
const right =
  'for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) { let s: f32 = 0; for (let p = 0; p < k; p++) s += a[i * k + p] * b[p * n + j]; c[i * n + j] = s; }';

describe('measure', () => {
  it('tells times, ratios and the share of the ceiling', async () => {
    const rounds: number[] = [];
    const loops = { plain: await loopOf(right), twice: await loopOf(`${right} ${right}`) };
    const rows = await measure(loops, problem, { seconds: 0.001, onRound: done => rounds.push(done) });
    expect(rows.map(({ name }) => name)).toEqual(['plain', 'twice']);
    for (const { calls, minMs, medianMs, gops, ofWasm, ofNative } of rows) {
      expect(calls).toBeGreaterThanOrEqual(5);
      expect(minMs).toBeLessThanOrEqual(medianMs);
      expect(gops).toBeCloseTo((2 * 512) / minMs / 1e6, 6);
      expect(ofWasm).toBeGreaterThan(0);
      expect(ofNative).toBeGreaterThan(0);
      expect(ofNative / ofWasm).toBeCloseTo((rows[0]?.ofNative as number) / (rows[0]?.ofWasm as number), 9);
    }
    expect(rows[0]?.ratio).toBe(1);
    expect(rounds.at(-1)).toBe(rounds.length);
  });

  it('times no loops in no time', async () => {
    expect(await measure({}, problem)).toEqual([]);
  });

  it.each([
    ['nothing', ''],
    ['from its second call on, nothing', `if (calls++ == 0) { ${right} }`],
    [
      'the first answer again',
      `if (calls++ == 0) { ${right} memory.copy(kept, changetype<usize>(c), 256); } else memory.copy(changetype<usize>(c), kept, 256);`,
    ],
    ['not a number', 'for (let i = 0; i < m * n; i++) c[i] = NaN;'],
    ['a half', right.replace('i < m', 'i < m / 2')],
  ])('times no loop that computes %s', async (_, body) => {
    const loop = await loopOf(body, 'let calls: i32 = 0; const kept = memory.data(256);');
    await expect(measure(loop, problem, { seconds: 0.001 })).rejects.toMatchObject({ code: 'loops/wrong' });
  });
});
