import { describe, expect, it } from 'vitest';
import { amc } from '../../../lib/compress/prune/allocation/amc/amc.ts';
import { channelSpace } from '../../../lib/compress/prune/allocation/pruning-space.ts';
import { macs } from '../../../lib/measure/macs.ts';
import { modelSize } from '../../../lib/measure/model-size.ts';
import { elitistEvolution } from '../../../lib/search/evolution.ts';
import { keptChoices } from '../../../lib/search/kept.ts';
import { assertLimits, type CostLimits, costsOf, excessOf, joinLimits } from '../../../lib/search/limits.ts';
import { fidelity, planted } from '../compress/prune/allocation/planted.ts';

const limits = { half: { cost: (x: number) => x / 2, budget: 4 }, square: { cost: async (x: number) => x * x, budget: 16 } };

describe('limits', () => {
  it('cost by name; the excess is the sum of what is over, in shares of the budgets', async () => {
    const costs = await costsOf(8, limits);
    expect(costs).toEqual({ half: 4, square: 64 });
    expect(excessOf(costs, limits)).toBe(3);
    expect(excessOf({ half: 6, square: 64 }, limits)).toBe(3.5);
    expect(excessOf({ half: 4, square: 16 }, limits)).toBe(0);
    expect(excessOf({ half: 1 }, { half: { cost: () => 1, budget: 0 } })).toBe(Number.POSITIVE_INFINITY);
  });

  it('are exceeded by the least of an ulp', () => {
    const budget = 1 + 2 ** -52;
    expect(excessOf({ a: budget + 2 ** -52 }, { a: { cost: () => 1, budget } })).toBeGreaterThan(0);
    expect(excessOf({ a: 2 ** 53 + 2 }, { a: { cost: () => 1, budget: 2 ** 53 } })).toBeGreaterThan(0);
  });

  it('may be infinite, but nothing else that is no number from 0', () => {
    assertLimits({ a: { cost: () => 1, budget: Number.POSITIVE_INFINITY } });
    for (const budget of [-1, Number.NaN])
      expect(() => assertLimits({ a: { cost: () => 1, budget } })).toThrow(expect.objectContaining({ code: 'search/budget' }));
  });
});

describe('joined limits', () => {
  it('hold exactly when all of them do', async () => {
    const joined = joinLimits(limits);
    for (const x of [0, 3, 4, 4.0001, 8, 9]) {
      const all = excessOf(await costsOf(x, limits), limits) === 0;
      expect((await joined.cost(x)) <= joined.budget).toBe(all);
    }
    for (const none of [
      {} as CostLimits<number>,
      { a: { cost: () => 1, budget: 0 } },
      { a: { cost: () => 1, budget: Number.POSITIVE_INFINITY } },
    ])
      expect(() => joinLimits(none)).toThrow(expect.objectContaining({ code: 'search/budget' }));
  });

  it('hold MACs and bytes at once in AMC', async () => {
    const both = { macs: { cost: macs, budget: 0.5 * macs(planted) }, bytes: { cost: modelSize, budget: 0.45 * modelSize(planted) } };
    const { model, feasible } = await amc(planted, { ...joinLimits(both), evaluate: fidelity, episodes: 4 });
    expect([macs(model) <= both.macs.budget, modelSize(model) <= both.bytes.budget, feasible]).toEqual([true, true, true]);
  });
});

it('evolution prunes: the space of units kept, with costs of the models it stands for', async () => {
  const space = channelSpace()(planted);
  const found = await elitistEvolution(keptChoices(space, { levels: 6 }), {
    evaluate: kept => fidelity(space.keep(kept)),
    limits: { macs: { cost: kept => macs(space.keep(kept)), budget: 0.5 * macs(planted) } },
    evaluations: 60,
  });
  expect(found.feasible).toBe(true);
  expect(found.costs.macs).toBe(macs(space.keep(found.best)));
  expect(found.costs.macs).toBeLessThanOrEqual(0.5 * macs(planted));
  // the second layer needs all of its units, the first a quarter
  expect(found.best['dense-2']).toBeGreaterThan(found.best['dense-1'] as number);
});
