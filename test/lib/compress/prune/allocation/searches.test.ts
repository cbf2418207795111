import { describe, expect, it } from 'vitest';
import { amc } from '../../../../../lib/compress/prune/allocation/amc/amc.ts';
import { metaPrune } from '../../../../../lib/compress/prune/allocation/meta-pruning/meta-pruning.ts';
import { netAdapt } from '../../../../../lib/compress/prune/allocation/netadapt.ts';
import { channelSpace } from '../../../../../lib/compress/prune/allocation/pruning-space.ts';
import { macs } from '../../../../../lib/measure/macs.ts';
import type { Model } from '../../../../../lib/model/model.ts';
import { actorCriticAgent } from '../../../../../lib/search/actor-critic.ts';
import type { Kept } from '../../../../../lib/search/kept.ts';
import type { Evaluate } from '../../../../../lib/search/objective.ts';
import type { SearchResult } from '../../../../../lib/search/result.ts';
import { integers, normal, random } from '../../../../../lib/tensor/random.ts';
import { tensorCount } from '../../../../../lib/tensor/scope.ts';
import { digest } from '../../../unchanged.ts';
import { fidelity, planted } from './planted.ts';

interface Task {
  readonly evaluate: Evaluate;
  readonly cost: (model: Model) => number;
  readonly budget: number;
  readonly signal?: AbortSignal;
}

const data = { inputs: normal(random(1), [64, 6]), targets: integers(random(2), [64], { low: 0, high: 3 }) };

interface Found extends SearchResult<Kept> {
  readonly model: Model;
}

// A search joins the suite by being listed.
const listed: readonly { name: string; search: (task: Task) => Promise<Found> }[] = [
  { name: 'AMC, cross-entropy', search: task => amc(planted, { ...task, episodes: 4 }) },
  { name: 'AMC, actor and critic', search: task => amc(planted, { ...task, episodes: 4, agent: actorCriticAgent() }) },
  { name: 'NetAdapt', search: task => netAdapt(planted, { ...task, step: 0.2 * macs(planted) }) },
  { name: 'MetaPruning', search: task => metaPrune(planted, data, { ...task, steps: 3, population: 4, generations: 1 }) },
];

describe.each(listed)('search $name', ({ search }) => {
  const task: Task = { evaluate: fidelity, cost: macs, budget: 0.5 * macs(planted) };

  it('meets the budget by a smaller network, finds it again, and leaves model and tensors alone', async () => {
    const [before, tensors] = [digest(planted), tensorCount()];
    const { model } = await search(task);
    expect(macs(model)).toBeLessThanOrEqual(task.budget);
    expect((await search({ ...task, evaluate: async m => fidelity(m) })).model).toEqual(model);
    expect(digest(planted)).toBe(before);
    expect(tensorCount()).toBe(tensors);
  });

  it('says what it found as every search does: the units kept, their score and costs, that they are feasible, and what was tried', async () => {
    const told: number[] = [];
    const { model, best, score, costs, feasible, history } = await search({
      ...task,
      evaluate: m => {
        told.push(fidelity(m));
        return told.at(-1) as number;
      },
    });
    expect(channelSpace()(model).units).toEqual(best);
    expect([score, costs, feasible]).toEqual([fidelity(model), { cost: macs(model) }, true]);
    expect(history.map(trial => trial.score)).toEqual(told);
    expect(history).toContainEqual({ candidate: best, costs, feasible, score });
    for (const { costs, feasible } of history) expect(feasible).toBe((costs.cost as number) <= task.budget);
  });

  it('refuses a budget out of reach before it scores anything', async () => {
    let scored = 0;
    await expect(search({ ...task, budget: 1, evaluate: () => ++scored })).rejects.toMatchObject({ code: 'prune/budget' });
    expect(scored).toBe(0);
  });

  it('refuses a score that is no number', async () => {
    await expect(search({ ...task, evaluate: () => Number.NaN })).rejects.toMatchObject({ code: 'prune/score' });
  });

  it('stops when told, and leaves no tensors', async () => {
    const tensors = tensorCount();
    const abort = new AbortController();
    const evaluate = (model: Model): number => [abort.abort(), fidelity(model)][1] as number;
    await expect(search({ ...task, evaluate, signal: abort.signal })).rejects.toMatchObject({ code: 'train/interrupted' });
    expect(tensorCount()).toBe(tensors);
  });
});
