import { describe, expect, it } from 'vitest';
import { metaPrune } from '../../../../../lib/compress/prune/allocation/meta-pruning/meta-pruning.ts';
import { trainPruningNet } from '../../../../../lib/compress/prune/allocation/meta-pruning/pruning-net.ts';
import { channelSpace } from '../../../../../lib/compress/prune/allocation/pruning-space.ts';
import { accuracy } from '../../../../../lib/measure/accuracy.ts';
import { macs } from '../../../../../lib/measure/macs.ts';
import { network } from '../../../../../lib/model/build.ts';
import { mlp } from '../../../../../lib/model/mlp.ts';
import type { Model } from '../../../../../lib/model/model.ts';
import { array } from '../../../../../lib/tensor/array.ts';
import { normal, random } from '../../../../../lib/tensor/random.ts';

const inputs = normal(random(3), [300, 4]);
const quadrant = (n: number): number => 2 * Number((inputs.data[4 * n] as number) > 0) + Number((inputs.data[4 * n + 1] as number) > 0);
const data = {
  inputs,
  targets: array(
    [300],
    Int32Array.from({ length: 300 }, (_, n) => quadrant(n)),
    'int32',
  ),
};
const dense = mlp({ input: [4], hidden: [12, 12], classes: 4, seed: 1 });
const score = (model: Model): number => accuracy(model, { images: inputs, labels: data.targets });

describe('a PruningNet', () => {
  const space = channelSpace()(dense);

  it('writes weights of the shapes asked for, and starts from those of the network', async () => {
    const net = await trainPruningNet(dense, data, { steps: 0, space });
    expect(net.generate(space.units)).toEqual(dense);
    const shapes = Object.values(net.generate({ 'dense-1': 5, 'dense-2': 7 }).parameters).map(({ value }) => value.shape);
    expect(shapes).toEqual([[4, 5], [5], [5, 7], [7], [7, 4], [4]]);
  });

  it('learns to write weights for any widths, better than those cut from the network', async () => {
    const net = await trainPruningNet(dense, data, { steps: 200, space });
    for (const kept of [
      { 'dense-1': 12, 'dense-2': 12 },
      { 'dense-1': 4, 'dense-2': 8 },
      { 'dense-1': 9, 'dense-2': 5 },
    ])
      expect(score(net.generate(kept))).toBeGreaterThan(score(space.keep(kept)) + 0.2);
  });
});

describe('MetaPruning', () => {
  const options = { evaluate: score, cost: macs, budget: 0.4 * macs(dense), steps: 100, population: 8, generations: 3 };

  it('evolves widths that meet the budget, and returns the best it has seen', async () => {
    const seen: number[] = [];
    const evaluate = (model: Model): number => {
      seen.push(score(model));
      return seen.at(-1) as number;
    };
    const found = await metaPrune(dense, data, { ...options, evaluate });
    expect(macs(found.model)).toBeLessThanOrEqual(options.budget);
    expect(found.score).toBe(Math.max(...seen));
    expect(score(found.model)).toBe(found.score);
    expect(found.score).toBeGreaterThan(0.5);
  });

  it('refuses batch norm', async () => {
    const normed = network('normed', [4]).dense(6).batchNorm().relu().dense(4).model();
    await expect(metaPrune(normed, data, options)).rejects.toMatchObject({ code: 'prune/batch-norm' });
  });
});
