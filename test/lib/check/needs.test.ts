import { lab, question } from 'tinylab';
import { withNeeds } from 'tinylab/grading';
import { describe, expect, it } from 'vitest';
import { ask } from './scope.ts';

// A later answer that calls an earlier one: a wrong one below is named, since nothing else could be said of what came of it.

const half = question('half', { points: 1, title: 'Halves', uses: ['half'] }, async q => {
  for (const x of [2, 5]) q.equal(await q.call('half', x), x / 2);
});
const pair = question('pair', { points: 2, uses: ['quarter', 'third'], needs: ['half'] }, async q => {
  for (const name of ['quarter', 'third'])
    await q.part(name, { points: 1 }, async () => {
      q.equal(await q.call(name, 12), name === 'third' ? 4 : 3, { known: [[12, 'That is the input.']] });
    });
});
const right = (x: number): number => x / 2;

async function hints(half_: (x: number) => unknown, staff: readonly string[] = []): Promise<(string | undefined)[]> {
  const names = { half: half_, quarter: (x: number) => half_(half_(x) as number), third: (x: number) => x / 3 };
  const [earlier, report] = [await ask(half, names), await ask(pair, names)];
  return withNeeds({ ...report, staff }, pair, [[half, earlier]]).items.map(({ hint }) => hint);
}

describe('a question that needs an earlier answer', () => {
  const told = /^This answer calls half \(question “Halves”\), which is not right yet.*await staff\('half'\);$/;

  it.each<[string, (x: number) => unknown]>([
    ['is wrong', x => x],
    ['gives undefined', () => undefined],
    [
      'throws',
      () => {
        throw new Error('no');
      },
    ],
  ])('says so where that one %s', async (_, wrong) => {
    expect(await hints(wrong)).toEqual([expect.stringMatching(told), undefined]);
  });

  it('says nothing where that one is right, or the library stands in for it', async () => {
    expect(await hints(right)).toEqual([undefined, undefined]);
    expect((await hints(x => x, ['half']))[0]).toBe('That is the input.');
  });

  it('may need names only that an earlier question uses and staff has', () => {
    const declare = (questions: readonly (typeof half)[], staff: Record<string, unknown>) => () => lab('l', questions, { staff });
    expect(declare([half, pair], { half: right })).not.toThrow();
    for (const wrong of [declare([half, pair], {}), declare([pair, half], { half: right })])
      expect(wrong).toThrow(expect.objectContaining({ code: 'check/lab' }));
  });
});
