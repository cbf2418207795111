import { describe, expect, it } from 'vitest';
import { amc, errorTimesLogCost } from '../../../../../lib/compress/prune/allocation/amc/amc.ts';
import { channelSpace, weightSpace } from '../../../../../lib/compress/prune/allocation/pruning-space.ts';
import { pruneChannels } from '../../../../../lib/compress/prune/channels/prune-channels.ts';
import { pruneMagnitude } from '../../../../../lib/compress/prune/magnitude.ts';
import { macs } from '../../../../../lib/measure/macs.ts';
import { prunableGroups } from '../../../../../lib/model/channels/groups.ts';
import { mobileNetV1 } from '../../../../../lib/model/mobilenet-v1.ts';
import type { Model } from '../../../../../lib/model/model.ts';
import { actorCriticAgent } from '../../../../../lib/search/actor-critic.ts';
import { projectToBudget } from '../../../../../lib/search/cost-budget.ts';
import { crossEntropyAgent } from '../../../../../lib/search/cross-entropy.ts';
import { fidelity, planted } from './planted.ts';

const space = channelSpace()(planted);
const names = Object.keys(space.units);
const weightsLeft = (model: Model): number =>
  Object.values(model.parameters).reduce(
    (sum, { value }) => sum + (value.shape.length > 1 ? value.data.filter((w: number) => w !== 0).length : 0),
    0,
  );

describe.each([
  ['cross-entropy search', crossEntropyAgent({ population: 10, elite: 3 })],
  ['actor and critic', actorCriticAgent()],
])('amc with %s', (_, agent) => {
  const budget = 0.45 * macs(planted);
  const options = { evaluate: fidelity, cost: macs, budget, agent, episodes: 80 };

  it('meets the budget in every episode, beats uniform ratios at equal MACs, and learns', async () => {
    const uniform = space.keep(await projectToBudget(space, Object.fromEntries(names.map(name => [name, 0.5])), { cost: macs, budget }));
    const found = await amc(planted, options);
    expect(found.episodes.every(({ cost }) => cost <= budget)).toBe(true);
    expect(found.score).toBe(fidelity(found.model));
    expect(macs(found.model)).toBe(found.cost);
    expect(found.score).toBeGreaterThan(fidelity(uniform) + 0.2);
    const quarter = (k: number): number => found.episodes.slice(20 * k, 20 * k + 20).reduce((sum, { score }) => sum + score, 0);
    expect(quarter(3)).toBeGreaterThan(1.1 * quarter(0));
  });

  it('without a budget, weighs error against the cost', async () => {
    const found = await amc(planted, { ...options, budget: undefined, reward: errorTimesLogCost, episodes: 20 });
    expect(found.reward).toBe(Math.max(...found.episodes.map(episode => episode.reward)));
    expect(found.reward).toBeCloseTo(-(1 - found.score) * Math.log(found.cost), 10);
  });
});

it('amc refuses no episodes before anything is scored', async () => {
  let scored = 0;
  const evaluate = (): number => ++scored;
  await expect(amc(planted, { evaluate, cost: macs, budget: 900, episodes: 0 })).rejects.toMatchObject({ code: 'prune/episodes' });
  expect(scored).toBe(0);
});

it('amc on weights: sparsities by parameter for any evaluate', async () => {
  const found = await amc(planted, { evaluate: fidelity, cost: weightsLeft, budget: 600, space: weightSpace(), episodes: 10 });
  expect(weightsLeft(found.model)).toBeLessThanOrEqual(600);
  expect(pruneMagnitude(planted, { sparsity: found.ratios })).toEqual(found.model);
});

it('the widths that AMC found for MobileNet at half the MACs count 293,870,000', () => {
  const found = [24, 48, 96, 80, 192, 200, 328, 352, 368, 360, 328, 400, 736, 752];
  const dense = mobileNetV1();
  const keep = Object.fromEntries(
    prunableGroups(dense).map(({ name }, i) => [name, Array.from({ length: found[i] as number }, (_, k) => k)]),
  );
  expect(macs(dense)).toBe(568_740_352);
  expect(macs(pruneChannels(dense, { keep }))).toBe(293_870_000);
});
