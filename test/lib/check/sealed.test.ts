import { question } from 'tinylab';
import { runQuestion } from 'tinylab/grading';
import { describe, expect, it } from 'vitest';
import { sessionWith } from './scope.ts';

const asked = question('why', { points: 4, uses: ['why'] }, async q => {
  await q.part('why', { points: 4 }, async () => void (await q.sealed('why', ['a', 'b', 'c'])));
});
type RunOptions = Parameters<typeof runQuestion>[2];
const judge: RunOptions['extra'] = async q => {
  await q.part('why', { points: 4 }, async () => void (await q.choice('why', 'b', { a: 'Look again.', c: 'Not that.' })));
};
const run = (why: unknown, options: Partial<RunOptions> = {}) => runQuestion(asked, sessionWith({ why }), { seed: 1, ...options });

describe('a sealed choice', () => {
  it.each(['a', 'b', ' C '])('%s is noted in the notebook, right or wrong', async why => {
    const { state, items } = await run(why);
    expect([state, items[0]?.asked]).toEqual(['passed', `why: '${why.trim().toLowerCase()}' is noted, and judged when graded`]);
  });

  it.each(['d', '', 7, undefined])('%s is no choice', async why => {
    const { score, items } = await run(why);
    expect(score).toBe(0);
    expect(items[0]).toMatchObject({
      reason: 'wrong kind',
      expected: "one of 'a', 'b', 'c'",
      hint: "Write: const why = 'a'; with your choice.",
    });
  });

  it('is judged by the hidden cases, with their hint', async () => {
    expect(await run('b', { extra: judge, judges: true })).toMatchObject({ score: 4, state: 'passed' });
    const wrong = await run('c', { extra: judge, judges: true });
    expect(wrong).toMatchObject({ score: 0, state: 'failed' });
    expect(wrong.items.filter(({ passed }) => !passed)).toMatchObject([{ hidden: true, hint: 'Not that.' }]);
    expect(JSON.stringify(wrong.items)).not.toContain("'b'");
  });

  it('that no hidden case judges gives nobody points, and is not the student’s', async () => {
    expect(await run('b', { judges: true })).toMatchObject({ state: 'not gradable' });
    expect(await run('b', { judges: true, extra: q => void q.true(true, { asked: 'something else' }) })).toMatchObject({
      state: 'not gradable',
    });
  });
});
