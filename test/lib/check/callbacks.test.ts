import { question } from 'tinylab';
import { describe, expect, it } from 'vitest';
import { ask } from './scope.ts';

describe('callbacks that are made at once', () => {
  type Cost = (x: number) => Promise<number>;
  /** Asks with a callback that takes a moment and must never be entered twice; returns what came, and the calls in their order. */
  const asked = async (search: (cost: Cost) => unknown) => {
    const calls: number[] = [];
    let inside = 0;
    let most = 0;
    const cost = async (x: unknown): Promise<number> => {
      calls.push(x as number);
      most = Math.max(most, ++inside);
      await new Promise(resolve => setTimeout(resolve, 2));
      inside--;
      if ((x as number) < 0) throw new Error('no cost below zero');
      return (x as number) ** 2;
    };
    let before = 0;
    const body = question('search', { points: 1, uses: ['search'] }, async q => {
      const got = await q.call('search', q.callback(cost, { limit: 20 }));
      before = calls.length;
      q.equal(got, [1, 4, 9]);
    });
    const report = await ask(body, { search });
    return { state: report.state, got: report.items[0]?.got, calls, before, most };
  };
  const numbers = [1, 2, 3];

  it.each<[string, (cost: Cost) => unknown]>([
    ['Promise.all', cost => Promise.all(numbers.map(cost))],
    ['Promise.all over functions of their own', cost => Promise.all(numbers.map(async x => (await cost(x)) + 0))],
    ['allSettled', async cost => (await Promise.allSettled(numbers.map(cost))).map(x => (x.status === 'fulfilled' ? x.value : 0))],
    ['reduce', cost => numbers.reduce<Promise<number[]>>(async (before, x) => [...(await before), await cost(x)], Promise.resolve([]))],
    [
      'promises that are awaited later',
      async cost => {
        const [a, b, c] = numbers.map(cost);
        return [await a, await b, await c];
      },
    ],
    [
      'for await',
      async cost => {
        const all: number[] = [];
        for await (const value of numbers.map(cost)) all.push(value);
        return all;
      },
    ],
  ])('%s: one after the other, in order', async (_, search) => {
    expect(await asked(search)).toMatchObject({ state: 'passed', calls: [1, 2, 3], most: 1 });
  });

  it('are all answered before the value comes, whoever wins a race', async () => {
    const found = await asked(async cost => [await Promise.race(numbers.map(cost)), 4, 9]);
    expect(found).toMatchObject({ state: 'passed', calls: [1, 2, 3], before: 3, most: 1 });
  });

  it('are counted and finished when nobody waits for them, and the value is what the function returned', async () => {
    const found = await asked(cost => {
      const all: number[] = [];
      for (const x of numbers) void cost(x).then(value => all.push(value));
      return all;
    });
    expect(found).toMatchObject({ state: 'failed', before: 3, calls: [1, 2, 3] });
  });

  it('are refused by name when they come after the function has returned', async () => {
    let told: Promise<number> | undefined;
    await asked(cost => {
      told = cost(1).then(() => cost(2));
      told.catch(() => {});
      return [];
    });
    await expect(told).rejects.toThrow('the function that it was given to has returned');
  });

  it('fail one by one', async () => {
    const settled = async (cost: Cost) => (await Promise.allSettled([1, -1, 2].map(cost))).map(({ status }) => status).join(' ');
    expect((await asked(settled)).got).toContain('fulfilled rejected fulfilled');
    const found = await asked(cost => Promise.all([1, -1, 2].map(cost)));
    expect(found).toMatchObject({ got: 'Error: Error: no cost below zero', before: 0, calls: [1, -1, 2] });
  });

  it('end at the limit, and thousands of them at that of every request', async () => {
    const all = (n: number) => (cost: Cost) => Promise.all(Array.from({ length: n }, (_, i) => cost(i)));
    expect((await asked(all(30))).got).toContain('more than 20 times');
    const many = async (cost: Cost) => (await Promise.allSettled(Array.from({ length: 20_000 }, (_, i) => cost(i)))).at(-1);
    const found = await asked(async cost => String(((await many(cost)) as PromiseRejectedResult).reason));
    expect(found.got).toContain('more than 10000 times');
  });
});
