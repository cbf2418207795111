import { question } from 'tinylab';
import { describe, expect, it } from 'vitest';
import { ask } from './scope.ts';

// A known mistake is named where it explains every failed case, and nowhere else.

const grown = question('grown', { points: 1, uses: ['grown'] }, async q => {
  for (const x of [2, 3, 5, 8]) {
    q.equal(await q.call('grown', x), x * x + 1, {
      known: [
        [x * x, 'You left out the one.'],
        [x + 3, 'You added three.'],
        [2 * x + 1, 'You doubled.'],
      ],
      hint: 'Square, then add one.',
    });
  }
});

const hintsOf = async (fn: (x: number) => unknown): Promise<readonly (string | undefined)[]> =>
  (await ask(grown, { grown: fn })).items.map(({ hint }) => hint);

describe('known mistakes', () => {
  it('are named where they give what came in every failed case', async () => {
    const report = await ask(grown, { grown: (x: number) => x * x });
    expect(report.items.map(({ hint, reason }) => [hint, reason])).toEqual(Array(4).fill(['You left out the one.', 'known mistake']));
  });

  it('are not named where they fit some cases by chance', async () => {
    // 2 → 5 is right, 3 → 6 and 5 → 8 fit "added three", 8 → 7 fits nothing
    const told = await hintsOf(x => (x === 8 ? 7 : x + 3));
    expect(told).toEqual([undefined, ...Array(3).fill(expect.stringMatching(/Square, then add one\.$/))]);
    const mixed = await hintsOf(x => (x === 3 ? x + 3 : x * x));
    expect(mixed).toEqual(Array(4).fill(expect.stringMatching(/Square, then add one\.$/)));
  });

  it('that would pass where the answer passed go before those that would not', async () => {
    const two = question('two', { points: 1, uses: ['two'] }, async q => {
      for (const [x, right] of [
        [1.4, 1],
        [2.6, 2],
      ] as const)
        q.equal(await q.call('two', x), right, {
          known: [
            [Math.ceil(x), 'Up.'],
            [Math.round(x), 'To the nearest.'],
          ],
        });
    });
    const told = async (two_: (x: number) => number) => (await ask(two, { two: two_ })).items.map(({ hint }) => hint);
    expect(await told(Math.round)).toEqual([undefined, 'To the nearest.']);
    expect(await told(Math.ceil)).toEqual(['Up.', 'Up.']);
  });

  it('stay silent where one of the cases threw', async () => {
    const report = await ask(grown, {
      grown: (x: number) => {
        if (x === 5) throw new Error('no');
        return x * x;
      },
    });
    expect(report.items.map(({ reason }) => reason)).toEqual(['wrong', 'wrong', 'threw']);
  });

  it('count hidden cases too, and no pattern is told of them', async () => {
    const seen = await ask(grown, { grown: (x: number) => 2 * (x * x + 1) }, { hidden: true });
    expect(seen.items.map(({ hint }) => hint)).toEqual(Array(4).fill('Square, then add one.'));
    const known = await ask(grown, { grown: (x: number) => x * x }, { hidden: true });
    expect(known.items.map(({ hint }) => hint)).toEqual(Array(4).fill('You left out the one.'));
  });

  it('of one part say nothing about another', async () => {
    const parts = question('parts', { points: 2, uses: ['one', 'two'] }, async q => {
      for (const name of ['one', 'two'])
        await q.part(name, { points: 1 }, async () => {
          for (const x of [1, 2]) q.equal(await q.call(name, x), 10 * x, { known: [[x, `${name}: times ten.`]] });
        });
    });
    const { items } = await ask(parts, { one: (x: number) => x, two: (x: number) => 3 * x - 1 });
    expect(items.map(({ hint }) => hint)).toEqual([...Array(2).fill('one: times ten.'), undefined, undefined]);
  });
});

describe('values that are none', () => {
  it('a promise inside of a value is named', async () => {
    const { items } = await ask(grown, { grown: (x: number) => [(async () => x)()] });
    expect(items[0]).toMatchObject({ got: expect.stringMatching(/^A promise cannot/), hint: expect.stringMatching(/await/) });
  });

  it('a number that was typed in is told nothing that gives the answer away', async () => {
    const typed = question('typed', { points: 1, uses: ['share'] }, async q => void (await q.number('share', 0.7)));
    for (const share of [70, 0.3, -0.7, 1.4, 1 / 0.7]) {
      const { items } = await ask(typed, { share });
      expect([items[0]?.hint, items[0]?.expected]).toEqual([undefined, undefined]);
    }
  });

  it('text, or numbers in another form, are told', async () => {
    const half = question('half', { points: 1, uses: ['half'] }, async q => {
      for (const x of [
        [1, 2],
        [3, 4, 5],
      ])
        q.equal(
          await q.call('half', x),
          x.map(v => v / 2),
        );
    });
    const { items } = await ask(half, { half: (x: number[]) => Float64Array.from(x, v => v / 2) });
    expect(items.map(({ hint }) => hint)).toEqual(Array(2).fill(expect.stringMatching(/numbers are right/)));
    expect((await ask(grown, { grown: (x: number) => String(x * x + 1) })).items[0]?.hint).toMatch(/^Text came/);
  });
});
