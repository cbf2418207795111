import {
  averagePercentageOfZeros,
  gradients,
  type Model,
  magnitudeMask,
  mlp,
  nmMask,
  normal,
  pruneChannels,
  pruneMagnitude,
  random,
  relativeIndex,
  sensitivityScan,
  snip,
  sortChannels,
  strokeGlyphs,
  take,
  vgg,
  withParameters,
} from 'tinylab';
import { describe, expect, it } from 'vitest';
import {
  encodeColumn,
  keepChannels,
  layersPruned,
  maskOf,
  nextMask,
  norms,
  ranked,
  snipScores,
  sum,
  twoOfFour,
  weightOf as value,
  weightNames,
  zeroShares,
  zerosIn,
} from '../../../notebooks/01-pruning/reference.ts';
import { staffAnswers } from '../../../notebooks/01-pruning/staff.ts';

// What the checks of Lab 01 expect is written a second time, for the checks; here it meets the library.

const seeds = [1, 2, 3, 4, 5];

describe("Lab 01's references agree with the library", () => {
  it.each(seeds)('masks by magnitude, seed %i', seed => {
    const rng = random(seed);
    const weight = normal(rng, [3, 3, rng.int(2, 5), rng.int(2, 5)]);
    for (const sparsity of [0, 0.31, 0.5, 0.77, 1]) {
      expect(maskOf(weight, sparsity)).toEqual(magnitudeMask(weight, sparsity));
      expect(zerosIn(maskOf(weight, sparsity))).toBe(Math.round(sparsity * weight.data.length));
    }
  });

  it('one sparsity for each layer', () => {
    const model = mlp({ input: [4, 4, 1], hidden: [9, 7], classes: 3, seed: 1 });
    const map = Object.fromEntries(weightNames(model).map((name, i) => [name, 0.3 + 0.2 * i]));
    expect(layersPruned(model, map)).toEqual(pruneMagnitude(model, { sparsity: map }));
  });

  it('the sensitivity scan', async () => {
    const model = mlp({ input: [4, 4, 1], hidden: [9, 7], classes: 3, seed: 2 });
    const evaluate = (net: Model): number => 1 - zerosIn(value(net, 'dense-1.kernel')) / 200 - zerosIn(value(net, 'dense-2.kernel')) / 1000;
    const scan = { names: weightNames(model), sparsities: [0.3, 0.6] };
    const points = await sensitivityScan(model, { sparsities: scan.sparsities, evaluate });
    const table = await staffAnswers.sensitivityScan(model, evaluate, scan);
    expect(
      Object.entries(table).flatMap(([parameter, row]) => row.map((score, i) => ({ parameter, sparsity: scan.sparsities[i], score }))),
    ).toEqual(points);
  });

  it.each(seeds)('channels that the next layer reads least go, seed %i', seed => {
    const model = vgg({ input: [8, 8, 1], widths: [10, 6], classes: 3, seed });
    const role = (name: string) => value(model, `batch-norm-1.${name}`);
    const layer = {
      kernel: value(model, 'conv2d-1.kernel'),
      gamma: role('gamma'),
      beta: role('beta'),
      mean: role('mean'),
      variance: role('variance'),
    };
    const next = value(model, 'conv2d-2.kernel');
    const order = ranked(norms(next));
    const sorted = keepChannels({ layer, next }, order);
    const library = sortChannels(model, undefined, { groups: ['conv2d-1'] });
    expect(sorted.layer.kernel).toEqual(value(library, 'conv2d-1.kernel'));
    expect(sorted.next).toEqual(value(library, 'conv2d-2.kernel'));
    const cut = keepChannels(
      { layer, next },
      order.slice(0, 7).toSorted((a, b) => a - b),
    );
    const small = pruneChannels(model, { ratio: 0.3, groups: ['conv2d-1'] });
    expect(cut.next).toEqual(value(small, 'conv2d-2.kernel'));
    expect(cut.layer.variance).toEqual(value(small, 'batch-norm-1.variance'));
  });

  it.each(seeds)('2:4, zeros of activations and the relative index, seed %i', seed => {
    const rng = random(seed);
    const weight = normal(rng, [6, 12]);
    expect(twoOfFour(weight)).toEqual(nmMask(weight, { n: 2, m: 4, axis: 1 }));
    const outputs = normal(rng, [2, 3, 3, 4]);
    const activations = { ...outputs, data: (outputs.data as Float32Array).map(v => Math.max(0, v)) };
    expect(zeroShares(activations)).toEqual([...averagePercentageOfZeros(activations)]);
    const column = Array.from({ length: 300 }, () => (rng.next() < 0.05 ? rng.int(1, 9) : 0));
    const { values, runs } = relativeIndex(column);
    expect(encodeColumn(column)).toEqual({ values: [...values], zeros: [...runs] });
  });

  it('SNIP scores of a layer', () => {
    const data = take(strokeGlyphs({ count: 20, seed: 1 }), 20);
    const model = mlp({ hidden: [5], seed: 1 });
    const name = 'dense-1.kernel';
    const own = snipScores(value(model, name), gradients(model, data)[name] as ReturnType<typeof value>);
    const library = snip({ data }).scores(model, [name]);
    expect(sum(own.data)).toBeCloseTo(1, 5);
    for (const [i, score] of [...own.data].entries()) expect(score).toBeCloseTo(library[name]?.data[i] as number, 6);
  });

  it('a lottery ticket drops the smallest of those that are left', () => {
    const given = { initial: normal(random(1), [4, 5]), trained: normal(random(2), [4, 5]), mask: maskOf(normal(random(3), [4, 5]), 0.4) };
    const next = nextMask(given, 0.5);
    expect(zerosIn(next)).toBe(8 + 6);
    const model = withParameters(mlp({ input: [2, 2, 1], hidden: [], classes: 5, seed: 1 }), {
      'dense-1.kernel': {
        value: { ...given.trained, data: (given.trained.data as Float32Array).map((v, i) => v * (given.mask.data[i] as number)) },
      },
    });
    expect(next).toEqual(pruneMagnitude(model, { sparsity: 14 / 20 }).parameters['dense-1.kernel']?.mask);
  });
});
