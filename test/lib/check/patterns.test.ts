import { array, question, type Random } from 'tinylab';
import { describe, expect, it } from 'vitest';
import { ask } from './scope.ts';

interface Layer {
  readonly inputs: number;
  readonly outputs: number;
  readonly groups: number;
  readonly bias: boolean;
}

const layer = (rng: Random): Layer => ({
  inputs: 6 * rng.int(1, 30),
  outputs: rng.int(2, 30),
  groups: rng.pick([1, 2, 3]),
  bias: rng.pick([true, false]),
});
const right = ({ inputs, outputs, groups, bias }: Layer): number => (inputs * outputs) / groups + (bias ? outputs : 0);

const weights = question('weights', { points: 1, uses: ['weights'] }, async q => {
  for (const one of q.cases(8, layer)) q.close(await q.call('weights', one), right(one), { hint: 'Count.' });
});
const hintOf = async (answer: (one: Layer) => unknown): Promise<string | undefined> =>
  (await ask(weights, { weights: answer })).items.find(({ passed }) => !passed)?.hint;

const order = question('order', { points: 1, uses: ['order'] }, async q => {
  for (const [i, n] of q.cases(9, rng => rng.int(2, 90)).entries())
    q.equal(await q.call('order', ['rows', 'columns', 'channels'][i % 3], n), n ** 2 + (i % 3), { hint: 'Count.' });
});

const spread = question('spread', { points: 1, uses: ['spread'] }, async q => {
  for (const list of q.cases(3, rng => Array.from({ length: rng.int(4, 8) }, () => rng.normal()))) {
    const mean = list.reduce((a, b) => a + b, 0) / list.length;
    q.close(await q.call('spread', list), { mean, away: list.map(v => v - mean) });
  }
});
const spreadHint = async (change: (value: { mean: number; away: number[] }) => unknown): Promise<string | undefined> => {
  const answer = (list: number[]): unknown => {
    const mean = list.reduce((a, b) => a + b, 0) / list.length;
    return change({ mean, away: list.map(v => v - mean) });
  };
  return (await ask(spread, { spread: answer })).items.find(({ passed }) => !passed)?.hint;
};

describe('what wrong answers have in common', () => {
  it.each<readonly [string, (one: Layer) => unknown, string]>([
    ['a unit', one => right(one) / 1000, 'Your answer is the right one divided by 1000, every time: look for a factor or a unit. Count.'],
    ['a sign', one => -right(one), 'Only the sign is wrong'],
    ['one too many', one => right(one) + 1, 'Your answer is 1 too large, every time. Where do you begin to count'],
    ['nothing comes back', () => undefined, 'Nothing came back (undefined)'],
    ['not a number', () => Number.NaN, 'Your answer is not a number (NaN)'],
    ['infinite', one => one.inputs / 0, 'Your answer is infinite: something is divided by 0.'],
    ['infinite or not a number', one => (one.bias ? 1 / 0 : Number.NaN), 'Your answer is infinite or not a number (NaN)'],
    ['not rounded', one => right(one) + 0.4 * Math.sin(one.inputs), 'right once it is rounded'],
    ['always the same', () => 12, 'Your answer is 12, whatever is asked'],
    ['a factor too many', one => right(one) * one.outputs, 'Your answer is the right one times `outputs`'],
    ['a factor missing', one => right(one) / one.outputs, 'Your answer is the right one divided by `outputs`'],
    ['an input for another', one => (right(one) / one.outputs) * one.inputs, 'You used `inputs` where `outputs` belongs.'],
    ['a term too many', one => right(one) + one.outputs, 'Your answer is too large by `outputs`, every time'],
    ['the wrong term', one => right(one) + 0.3 * one.inputs, 'What is wrong with your answer goes with `inputs` (0.3 · `inputs`)'],
    ['an input alone', one => one.inputs, 'Your answer is `inputs`, every time, and nothing else.'],
    ['a product alone', one => 7 * one.inputs * one.groups, 'Your answer is 7 · `inputs` · `groups`, every time'],
    [
      'a kind of input',
      one => right(one) + (one.groups === 1 ? 0 : Math.sin(one.inputs)),
      'Right wherever `groups` is 1, wrong wherever it is not 1',
    ],
    ['a truth value', one => (one.bias ? Math.cos(one.inputs) : right(one)), 'Right wherever `bias` is false, wrong wherever it is true'],
  ])('tells %s', async (_, answer, hint) => {
    expect(await hintOf(answer)).toContain(hint);
  });

  it('tells a name that is given wherever it goes wrong', async () => {
    const right = (name: string, n: number): number => n ** 2 + ['rows', 'columns', 'channels'].indexOf(name);
    const hint = async (answer: (name: string, n: number) => number): Promise<string | undefined> =>
      (await ask(order, { order: answer })).items.find(({ passed }) => !passed)?.hint;
    expect(await hint((name, n) => (name === 'columns' ? Math.sin(n) : right(name, n)))).toContain(
      "Right wherever the first argument is 'rows' or 'channels', wrong wherever it is 'columns'",
    );
    // once right where it is wrong elsewhere: the name tells nothing
    let calls = 0;
    expect(await hint((name, n) => (name === 'columns' && ++calls > 1 ? Math.sin(n) : right(name, n)))).toBe('Count.');
  });

  it.each<readonly [string, Parameters<typeof spreadHint>[0], string]>([
    [
      'the field that is wrong',
      ({ mean, away }) => ({ mean, away: away.map((v, i) => v + Math.sin(i + 1) * mean) }),
      'Only `away` is wrong',
    ],
    ['a factor in a field', ({ mean, away }) => ({ mean: mean * 8, away }), 'In `mean`: your answer is 8 times the right one'],
    ['an order', ({ mean, away }) => ({ mean, away: [...away].reverse() }), 'In `away`: The right values, backwards.'],
    ['what is missing', ({ mean, away }) => ({ mean, away: away.slice(1) }), 'In `away`: The first values are missing'],
    ['a missing field', ({ mean }) => ({ mean }), '`away` is missing from your answer.'],
    [
      'the first of two fields',
      ({ mean, away }) => ({ mean: Math.sin(mean), away: away.map(v => 8 * v) }),
      'In `away`: your answer is 8 times the right one',
    ],
    ['lost signs', ({ mean, away }) => ({ mean, away: away.map(Math.abs) }), 'In `away`: Right in size, but some signs are wrong'],
  ])('finds %s', async (_, change, hint) => {
    expect(await spreadHint(change)).toContain(hint);
  });

  it('tells a row that goes with a row that was given', async () => {
    const moved = question('moved', { points: 1, uses: ['moved'] }, async q => {
      for (const given of q.cases(3, rng => ({
        weight: [rng.normal(), rng.normal(), rng.normal()],
        step: [rng.normal(), rng.normal(), rng.normal()],
      })))
        q.close(
          await q.call('moved', given),
          given.weight.map((w, i) => w - 0.1 * (given.step[i] as number)),
        );
    });
    type Given = { weight: number[]; step: number[] };
    const hint = async (answer: (given: Given) => number[]): Promise<string | undefined> =>
      (await ask(moved, { moved: answer })).items[0]?.hint;
    expect(await hint(({ weight, step }) => weight.map((w, i) => w + 0.1 * (step[i] as number)))).toContain(
      'Your answer is wrong by 0.2 · `step`',
    );
    expect(await hint(({ weight }) => weight)).toBe('Your answer is `weight`, and nothing else.');
  });

  it('tells what all wrong entries of a table have in common, and which entries are missing', async () => {
    const table = question('table', { points: 1, uses: ['table'] }, async q => {
      for (const names of [
        ['one', 'two', 'three'],
        ['three', 'one'],
        ['two', 'three', 'one', 'four'],
      ])
        q.close(await q.call('table', names), curves(names));
    });
    const curves = (names: readonly string[]): Record<string, number[]> =>
      Object.fromEntries(names.map((name, i) => [name, [i + 0.2, i + 0.7, i - Math.sin(i + name.length)]]));
    const change = (of: (entries: [string, number[]][]) => [string, number[]][]) => (names: string[]) =>
      Object.fromEntries(of(Object.entries(curves(names))));
    const hint = async (make: (names: string[]) => unknown): Promise<string | undefined> =>
      (await ask(table, { table: make })).items.find(({ passed }) => !passed)?.hint;
    expect(await hint(change(all => all.map(([name, row]) => [name, row.slice(0, 1)])))).toContain('The last values are missing');
    expect(await hint(change(all => all.map(([name, row]) => [name, row.slice(1)])))).toContain('The first values are missing');
    expect(await hint(change(all => all.map(([name]) => [name, []])))).toContain('In every entry that is wrong: Nothing is in');
    expect(await hint(change(all => all.slice(0, -1)))).toBe('The last entry is missing from your answer; the others are right.');
    expect(await hint(change(all => all.slice(1)))).toBe('The first entry is missing from your answer; the others are right.');
    expect(await hint(change(all => all.slice(0, 1)))).toBe('Only the first entry is in your answer: does the loop end too early?');
    expect(await hint(() => ({}))).toContain('is anything ever put into it?');
    // entries that are wrong besides, or each in a way of its own, have nothing in common
    expect(await hint(change(all => all.slice(1).map(([name, row]) => [name, row.map(Math.sin)])))).toBeUndefined();
    expect(await hint(change(all => all.map(([name, row], i) => [name, i % 2 ? row.slice(1) : row.slice(0, 1)])))).toBeUndefined();
  });

  it('says that a typed number is none, and nothing of the right one', async () => {
    const typed = question('typed', { points: 1, uses: ['bytes'] }, async q => void (await q.number('bytes', 54)));
    const hint = async (bytes: number): Promise<string | undefined> => (await ask(typed, { bytes })).items[0]?.hint;
    expect(await hint(Number.NaN)).toContain('NaN');
    expect(await hint(Number.POSITIVE_INFINITY)).toContain('divided by 0');
    for (const bytes of [-54, -3, 540]) expect(await hint(bytes)).toBeUndefined();
  });

  it('says nothing that does not hold in every failed case, and nothing of a single case that may be chance', async () => {
    let calls = 0;
    expect(await hintOf(one => (calls++ === 3 ? right(one) + 1.234 : right(one) * 1000))).toBe('Count.');
    expect(await hintOf(one => right(one) + Math.sin(one.inputs * 7.1) + Math.cos(one.outputs))).toBe('Count.');
    const once = question('once', { points: 1, uses: ['once'] }, async q => void q.equal(await q.call('once', 6), 4));
    expect((await ask(once, { once: () => 6 })).items[0]?.hint).toBeUndefined();
  });

  it('asks each part for itself, whatever parts are called', async () => {
    const parts = question('parts', { points: 2, uses: ['f'] }, async q => {
      for (const id of ['a.1', 'a.2'])
        await q.part(id, { points: 1 }, async () => {
          for (const x of [2, 3, 5]) q.close(await q.call('f', id, x), x);
        });
    });
    const { items } = await ask(parts, { f: (id: string, x: number) => (id === 'a.1' ? 1000 * x : x * x + 0.7 * x + 1) });
    const hints = (id: string) => new Set(items.filter(item => item.id.startsWith(`${id}.`)).map(({ hint }) => hint));
    expect([...hints('a.1')]).toEqual([expect.stringMatching(/1000/)]);
    expect([...hints('a.2')]).toEqual([undefined]);
  });

  it('leaves a known mistake, a fault and hidden cases alone, and marks what it says', async () => {
    const known = question('known', { points: 1, uses: ['known'] }, async q => {
      for (const n of [3, 5, 9]) q.equal(await q.call('known', n), 2 * n, { known: [[n, 'Twice.']] });
    });
    expect((await ask(known, { known: (n: number) => n })).items.map(({ hint, hintFrom }) => [hint, hintFrom])).toEqual(
      Array(3).fill(['Twice.', undefined]),
    );
    expect((await ask(known, { known: (n: number) => -2 * n })).items[0]).toMatchObject({ reason: 'wrong', hintFrom: 'pattern' });
    expect((await ask(known, { known: (n: number) => -2 * n }, { hidden: true })).items[0]).not.toHaveProperty('hint');
    const thrower = (n: number): number => {
      if (n === 5) throw new Error('no five');
      return -2 * n;
    };
    const apart = question('apart', { points: 1, uses: ['known'] }, async q => {
      for (const n of [3, 9, 5]) q.equal(await q.call('known', n), 2 * n);
    });
    expect((await ask(apart, { known: thrower })).items[0]?.hint).toBeUndefined();
  });

  it('tells masks that keep one too many from those that rank otherwise, and axes in another order', async () => {
    const mask = question('mask', { points: 1, uses: ['mask'] }, async q => {
      for (const shape of [
        [2, 3],
        [3, 4],
      ])
        q.equal(
          await q.call('mask', shape),
          array(
            shape,
            Array.from({ length: (shape[0] as number) * (shape[1] as number) }, (_, i) => i % 2),
          ),
        );
    });
    const hint = async (make: (shape: number[]) => unknown): Promise<string | undefined> =>
      (await ask(mask, { mask: make })).items[0]?.hint;
    const ones = (shape: number[], of: (i: number) => number) =>
      array(
        shape,
        Array.from({ length: (shape[0] as number) * (shape[1] as number) }, (_, i) => of(i)),
      );
    expect(await hint(shape => ones(shape, i => Number(i % 2 === 1 || i === 0)))).toContain('There is one 1 too many');
    expect(await hint(shape => ones(shape, i => 1 - (i % 2)))).toContain('1 minus the right one');
    expect(await hint(shape => ones([...shape].reverse(), i => i % 2))).toBe('The axes stand in another order than asked.');
  });
});
