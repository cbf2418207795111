import { question } from 'tinylab';
import { labReport } from 'tinylab/grading';
import { describe, expect, it } from 'vitest';
import { ask } from './scope.ts';

describe('points', () => {
  const parts = question('parts', { points: 6, uses: ['f'] }, async q => {
    await q.part('one', { points: 1 }, async () => void q.equal(await q.call('f', 1), 1));
    await q.part('two', { points: 2 }, async () => void q.equal(await q.call('f', 2), 2));
    await q.part('three', { points: 3 }, async () => void q.equal(await q.call('f', 3), 3));
  });

  it('a part that throws costs itself only', async () => {
    const f = (n: number) => {
      if (n === 2) throw new Error('two');
      return n;
    };
    const report = await ask(parts, { f });
    expect(report).toMatchObject({ score: 4, state: 'partial' });
    expect(report.parts).toEqual([
      { id: 'one', points: 1, passed: true },
      { id: 'two', points: 2, passed: false },
      { id: 'three', points: 3, passed: true },
    ]);
  });

  it('a bonus adds to the score of a lab, never to its points', async () => {
    const extra = question('extra', { points: 0, bonus: 3, uses: ['f'] }, async q => {
      await q.part('one', { points: 1 }, () => void q.equal(1, 1));
      await q.part('two', { points: 2 }, () => void q.true(false, { asked: 'a faster network' }));
    });
    const report = await ask(extra, {});
    expect(report).toMatchObject({ points: 0, bonus: 3, score: 1, state: 'partial' });
    expect(labReport('l', [report, { ...report, points: 5, score: 5 }])).toMatchObject({ points: 5, score: 6 });
    const none = question('none', { points: 0, bonus: 3, uses: ['f'] }, q => void q.equal(1, 2));
    expect(await ask(none, {})).toMatchObject({ points: 0, score: 0, state: 'failed' });
  });

  it('a failure outside of the parts costs the question', async () => {
    const gated = question('gated', { points: 2, uses: ['f'] }, async q => {
      await q.part('one', { points: 2 }, () => void q.equal(1, 1));
      q.true(false, { asked: 'a condition' });
    });
    expect((await ask(gated, {})).score).toBe(0);
  });

  it('a question that checks nothing is nobody’s fault but ours', async () => {
    const empty = question('empty', { points: 2, uses: ['f'] }, () => {});
    expect(await ask(empty, {})).toMatchObject({ score: 0, state: 'not gradable' });
    const broken = question('broken', { points: 2, uses: ['f'] }, () => {
      throw new TypeError('reading shape of undefined');
    });
    expect(await ask(broken, {})).toMatchObject({ score: 0, state: 'not gradable', items: [{ reason: 'check error' }] });
  });
});
