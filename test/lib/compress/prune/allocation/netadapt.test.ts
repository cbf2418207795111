import { expect, it } from 'vitest';
import { layerTable } from '../../../../../lib/compress/prune/allocation/layer-table.ts';
import { netAdapt } from '../../../../../lib/compress/prune/allocation/netadapt.ts';
import { channelSpace, weightSpace } from '../../../../../lib/compress/prune/allocation/pruning-space.ts';
import { pruneChannels } from '../../../../../lib/compress/prune/channels/prune-channels.ts';
import { layers } from '../../../../../lib/measure/layers.ts';
import { macs } from '../../../../../lib/measure/macs.ts';
import { sparsity } from '../../../../../lib/measure/sparsity.ts';
import { predict } from '../../../../../lib/model/forward.ts';
import { mobileNetV2 } from '../../../../../lib/model/mobilenet-v2.ts';
import { inputShape, type Model } from '../../../../../lib/model/model.ts';
import { projectToBudget } from '../../../../../lib/search/cost-budget.ts';
import { zeros } from '../../../../../lib/tensor/array.ts';
import { fidelity, planted } from './planted.ts';

const whole = macs(planted);
const options = { evaluate: fidelity, cost: macs, budget: 0.45 * whole, step: 0.1 * whole };

it('cuts the cost by ΔR in each step, in one part, the best of as many candidates as there are layers', async () => {
  const { model, cost, steps } = await netAdapt(planted, options);
  expect(cost).toBe(macs(model));
  expect(cost).toBeLessThanOrEqual(options.budget);
  let before = whole;
  for (const { candidates, chosen } of steps) {
    expect(candidates).toHaveLength(3);
    expect(before - chosen.cost).toBeGreaterThanOrEqual(Math.min(options.step, before - options.budget));
    expect(chosen.score).toBe(Math.max(...candidates.map(({ score }) => score)));
    before = chosen.cost;
  }
  expect(steps).toHaveLength(6);
});

it('leaves the layer alone that needs all of its units, and beats uniform ratios', async () => {
  const { model } = await netAdapt(planted, options);
  const space = channelSpace()(planted);
  const uniform = await projectToBudget(space, Object.fromEntries(Object.keys(space.units).map(name => [name, 0.5])), options);
  expect(fidelity(model)).toBeGreaterThan(fidelity(space.keep(uniform)));
  expect(Object.values(channelSpace()(model).units)).toEqual([expect.any(Number), 24, expect.any(Number)]);
});

it('tunes each candidate, and goes on from the tuned one', async () => {
  const tuned: Model[] = [];
  const tune = (model: Model): Model => {
    tuned.push({ ...model, name: `${model.name}+` });
    return tuned.at(-1) as Model;
  };
  const { model, steps } = await netAdapt(planted, { ...options, tune });
  expect(tuned).toHaveLength(3 * steps.length);
  expect(model.name).toBe(`mlp${'+'.repeat(steps.length)}`);
});

it('works on weights as well', async () => {
  const cost = (model: Model): number => (1 - sparsity(model)) * 1000;
  const { model } = await netAdapt(planted, { ...options, cost, budget: 600, step: 100, space: weightSpace() });
  expect(cost(model)).toBeLessThanOrEqual(600);
});

it('leaves a model alone that is within the budget, and scores it', async () => {
  const found = await netAdapt(planted, { ...options, budget: whole });
  expect(found.model).toBe(planted);
  expect([found.best, found.score, found.costs, found.feasible]).toEqual([channelSpace()(planted).units, 1, { cost: whole }, true]);
  expect([found.steps, found.history]).toEqual([[], []]);
});

it('refuses steps of nothing, and steps too large for one layer', async () => {
  await expect(netAdapt(planted, { ...options, budget: 0.2 * whole, step: whole })).rejects.toMatchObject({ code: 'prune/budget' });
  await expect(netAdapt(planted, { ...options, step: 0 })).rejects.toMatchObject({ code: 'prune/step' });
});

it('a table of layers measures each kind of layer once, alone', async () => {
  const seen: Model[] = [];
  const cost = layerTable(layer => {
    predict(layer, zeros([2, ...inputShape(layer)]));
    seen.push(layer);
    return macs(layer);
  });
  const net = mobileNetV2({ input: [16, 16, 3], classes: 4 });
  expect(await cost(net)).toBe(macs(net));
  const kinds = seen.length;
  expect(kinds).toBeLessThanOrEqual(layers(net).filter(layer => layer.macs > 0).length);
  await cost(net);
  expect(seen).toHaveLength(kinds);
  const small = pruneChannels(net, { ratio: 0.5 });
  expect(await cost(small)).toBe(macs(small));
});
