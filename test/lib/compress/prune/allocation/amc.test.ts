import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { actorCriticAgent } from '../../../../../lib/compress/prune/allocation/amc/actor-critic.ts';
import { amc, errorTimesLogCost } from '../../../../../lib/compress/prune/allocation/amc/amc.ts';
import { crossEntropyAgent } from '../../../../../lib/compress/prune/allocation/amc/cross-entropy.ts';
import { projectToBudget } from '../../../../../lib/compress/prune/allocation/cost-budget.ts';
import { channelSpace, ratiosOf, weightSpace } from '../../../../../lib/compress/prune/allocation/pruning-space.ts';
import { pruneChannels } from '../../../../../lib/compress/prune/channels/prune-channels.ts';
import { pruneMagnitude } from '../../../../../lib/compress/prune/magnitude.ts';
import { macs } from '../../../../../lib/measure/macs.ts';
import { sparsity } from '../../../../../lib/measure/sparsity.ts';
import type { Model } from '../../../../../lib/model/model.ts';
import { tensorCount } from '../../../../../lib/tensor/scope.ts';
import { fidelity, planted } from './planted.ts';

const space = channelSpace()(planted);
const names = Object.keys(space.units);
const weightsLeft = (model: Model): number =>
  Object.values(model.parameters).reduce(
    (sum, { value }) => sum + (value.shape.length > 1 ? value.data.filter((w: number) => w !== 0).length : 0),
    0,
  );

describe('projection onto a budget', () => {
  it('stays within it, and no part could keep one unit more', async () => {
    const ratio = fc.double({ min: 0, max: 1, noNaN: true });
    await fc.assert(
      fc.asyncProperty(fc.tuple(ratio, ratio, ratio), fc.double({ min: 0.2, max: 1, noNaN: true }), async (ratios, share) => {
        const budget = share * macs(planted);
        const kept = await projectToBudget(space, Object.fromEntries(names.map((name, i) => [name, ratios[i] as number])), {
          cost: macs,
          budget,
        });
        expect(macs(space.keep(kept))).toBeLessThanOrEqual(budget);
        for (const name of names) {
          const count = kept[name] as number;
          expect(count).toBeGreaterThanOrEqual(Math.round(24 * 0.2));
          if (count < 24) expect(macs(space.keep({ ...kept, [name]: count + 1 }))).toBeGreaterThan(budget);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('gives ratios that pruneChannels takes', async () => {
    const kept = await projectToBudget(space, { [names[0] as string]: 0.5 }, { cost: macs, budget: 0.6 * macs(planted) });
    expect(pruneChannels(planted, { ratio: ratiosOf(space, kept) })).toEqual(space.keep(kept));
  });

  it('works on weights, of a model that is sparse already', async () => {
    const sparse = pruneMagnitude(planted, { sparsity: 0.3 });
    const weights = weightSpace()(sparse);
    const kept = await projectToBudget(weights, {}, { cost: weightsLeft, budget: 500 });
    expect(weightsLeft(weights.keep(kept))).toBeLessThanOrEqual(500);
    expect(sparsity(weights.keep(kept))).toBeGreaterThan(0.5);
  });

  it('refuses what no ratio reaches', async () => {
    await expect(projectToBudget(space, {}, { cost: macs, budget: 10 })).rejects.toMatchObject({ code: 'prune/budget' });
    await expect(projectToBudget(space, {}, { cost: macs, budget: 500, maximum: 1 })).rejects.toMatchObject({ code: 'prune/maximum' });
  });
});

describe.each([
  ['cross-entropy search', crossEntropyAgent({ population: 10, elite: 3 })],
  ['actor and critic', actorCriticAgent()],
])('amc with %s', (_, agent) => {
  const budget = 0.45 * macs(planted);
  const options = { evaluate: fidelity, cost: macs, budget, agent, episodes: 60 };

  it('meets the budget in every episode, beats uniform ratios at equal MACs, and leaves no tensors', async () => {
    const before = tensorCount();
    const uniform = space.keep(await projectToBudget(space, Object.fromEntries(names.map(name => [name, 0.5])), { cost: macs, budget }));
    const found = await amc(planted, options);
    expect(found.episodes.every(({ cost }) => cost <= budget)).toBe(true);
    expect(found.score).toBe(fidelity(found.model));
    expect(macs(found.model)).toBe(found.cost);
    console.log(fidelity(uniform), found.score, found.ratios, new Set(found.episodes.map(e => JSON.stringify(e.ratios))).size);
    console.log(found.episodes.map(e => e.score.toFixed(2)).join(' '));
    expect(found.score).toBeGreaterThan(fidelity(uniform));
    expect(tensorCount()).toBe(before);
  });

  it('finds the same again with the same seed', async () => {
    const [a, b] = [await amc(planted, { ...options, episodes: 12, seed: 4 }), await amc(planted, { ...options, episodes: 12, seed: 4 })];
    expect(a.episodes).toEqual(b.episodes);
  });
});
