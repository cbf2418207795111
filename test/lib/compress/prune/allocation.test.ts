import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { storageBytes, weightsKept } from '../../../../lib/compress/prune/allocation/budget.ts';
import { globalAllocation } from '../../../../lib/compress/prune/allocation/global.ts';
import { collapsedLayers } from '../../../../lib/compress/prune/allocation/layer-collapse.ts';
import { sensitivityAllocation } from '../../../../lib/compress/prune/allocation/sensitivity-guided.ts';
import { type SensitivityPoint, sensitivityScan } from '../../../../lib/compress/prune/allocation/sensitivity-scan.ts';
import { channel } from '../../../../lib/compress/prune/granularity/channel.ts';
import { fineGrained } from '../../../../lib/compress/prune/granularity/fine-grained.ts';
import { l1 } from '../../../../lib/compress/prune/importance/norm.ts';
import { snip } from '../../../../lib/compress/prune/importance/snip.ts';
import { pruneMagnitude } from '../../../../lib/compress/prune/magnitude.ts';
import { masksOf } from '../../../../lib/compress/prune/masks.ts';
import { pruneByImportance } from '../../../../lib/compress/prune/prune.ts';
import { mlp } from '../../../../lib/model/mlp.ts';
import { type Model, type Parameter, withParameters } from '../../../../lib/model/model.ts';
import { uniformAllocation } from '../../../../lib/search/allocation.ts';
import { eie } from '../../../../lib/sparse/eie.ts';
import { kernelMatrix, sparseBytes } from '../../../../lib/sparse/format.ts';
import { array, type NDArray } from '../../../../lib/tensor/array.ts';
import { integers, normal, random } from '../../../../lib/tensor/random.ts';
import { unchanged } from '../../unchanged.ts';

const model = mlp({ input: [8], hidden: [10, 6], classes: 4, seed: 2 });
const names = ['dense-1.kernel', 'dense-2.kernel', 'dense-3.kernel'];
const weightIn = (m: Model, name: string): NDArray => (m.parameters[name] as Parameter).value;
const keptIn = (m: Model): number => names.reduce((sum, name) => sum + [...weightIn(m, name).data].filter(w => w !== 0).length, 0);
const total = 80 + 60 + 24;

// An allocation joins the suite by being listed: sparsities in 0–1 by name, that prune the whole network to the share asked for.
const listed = [
  { name: 'uniform', allocate: (sparsity: number) => uniformAllocation(names, sparsity), rounding: 3 },
  {
    name: 'global',
    allocate: (sparsity: number) => globalAllocation(l1().scores(model, names), { sparsity, granularity: fineGrained() }),
    rounding: 0,
  },
];

describe.each(listed)('allocation $name', ({ allocate, rounding }) => {
  it('gives sparsities that add up to the one asked for', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), sparsity => {
        const allocation = allocate(sparsity);
        expect(Object.keys(allocation)).toEqual(names);
        expect(Object.values(allocation).every(share => share >= 0 && share <= 1)).toBe(true);
        const kept = keptIn(pruneMagnitude(model, { sparsity: allocation }));
        expect(Math.abs(total - kept - Math.round(sparsity * total))).toBeLessThanOrEqual(rounding);
      }),
    );
  });
});

describe('one threshold over all layers', () => {
  it('separates what is kept from what is pruned across the layers, also by channels', () => {
    const pruned = pruneMagnitude(model, { sparsity: 0.6, scope: 'global' });
    const magnitudes = (kept: number): number[] =>
      names.flatMap(name => [...weightIn(model, name).data].map(Math.abs).filter((_, i) => masksOf(pruned)[name]?.data[i] === kept));
    expect(Math.max(...magnitudes(0))).toBeLessThan(Math.min(...magnitudes(1)));
    const channels = pruneMagnitude(model, { sparsity: 0.5, scope: 'global', granularity: channel(-1) });
    const dead = names.map(name => {
      const { data, shape } = masksOf(channels)[name] as never as { data: Uint8Array; shape: number[] };
      const out = shape[1] as number;
      return Array.from({ length: out }, (_, o) => [...data].filter((kept, i) => i % out === o && kept === 1).length).filter(k => k === 0)
        .length;
    });
    expect(dead.reduce((sum, d) => sum + d, 0)).toBe(10);
  });

  it('of equal weights prunes the first, in the order of the parameters', () => {
    const equal = withParameters(model, Object.fromEntries(names.map(name => [name, flat(name, 1)])));
    expect(globalAllocation(l1().scores(equal, names), { sparsity: 0.5, granularity: fineGrained() })).toEqual({
      'dense-1.kernel': 1,
      'dense-2.kernel': 2 / 60,
      'dense-3.kernel': 0,
    });
  });
});

function flat(name: string, value: number): { value: NDArray } {
  const { shape, data } = weightIn(model, name);
  return { value: array(shape, new Float32Array(data.length).fill(value)) };
}

describe('layer collapse', () => {
  const weak = withParameters(model, { 'dense-2.kernel': flat('dense-2.kernel', 1e-6) });

  it('is seen, and refused where asked', () => {
    const options = { sparsity: 0.5, scope: 'global' } as const;
    expect(collapsedLayers(weak)).toEqual([]);
    expect(collapsedLayers(pruneMagnitude(weak, options))).toEqual(['dense-2.kernel']);
    expect(collapsedLayers(pruneMagnitude(weak, { sparsity: 0.5 }))).toEqual([]);
    expect(() => pruneMagnitude(weak, { ...options, refuseCollapse: true })).toThrow(expect.objectContaining({ code: 'prune/collapse' }));
    expect(collapsedLayers(pruneMagnitude(weak, { sparsity: 0.5, refuseCollapse: true }))).toEqual([]);
  });

  it('comes with a global threshold on SNIP scores before training', () => {
    const deep = mlp({ input: [16], hidden: [64, 64, 8], classes: 4, seed: 1 });
    const data = { inputs: normal(random(1), [32, 16]), targets: integers(random(2), [32], { low: 0, high: 3 }) };
    const kept = [0.5, 0.9, 0.999].map(
      sparsity => collapsedLayers(pruneByImportance(deep, { sparsity, scope: 'global', criterion: snip({ data }) })).length,
    );
    expect(kept[0]).toBe(0);
    expect(kept[2]).toBeGreaterThan(0);
  });
});

/** Stands for accuracy: the share of the squared weights that is left, layer by layer, the first layer counting most. */
const weightOf: Readonly<Record<string, number>> = { 'dense-1.kernel': 6, 'dense-2.kernel': 1, 'dense-3.kernel': 3 };
const evaluate = (m: Model): number => {
  const energy = (of: Model, name: string): number => [...weightIn(of, name).data].reduce((sum, w) => sum + w * w, 0);
  return names.reduce((sum, name) => sum + ((weightOf[name] as number) * energy(m, name)) / energy(model, name), 0) / 10;
};

describe('sensitivity scan', () => {
  it('prunes one layer at a time, tells each point as it comes, and changes nothing', async () => {
    const heard: [SensitivityPoint, number, number][] = [];
    const points = await unchanged(model, () =>
      sensitivityScan(model, { sparsities: [0, 0.5, 1], evaluate, onPoint: (point, { done, total: of }) => heard.push([point, done, of]) }),
    );
    expect(points.map(({ parameter, sparsity }) => `${parameter} ${sparsity}`)).toEqual(
      names.flatMap(n => [0, 0.5, 1].map(s => `${n} ${s}`)),
    );
    expect(heard).toEqual(points.map((point, i) => [point, i + 1, 9]));
    for (const [i, name] of names.entries()) {
      const [dense, half, none] = points.slice(3 * i, 3 * i + 3).map(({ score }) => score) as [number, number, number];
      // the other layers stay whole
      expect(dense).toBe(evaluate(model));
      expect(none).toBeCloseTo(1 - (weightOf[name] as number) / 10, 12);
      expect(half).toBeLessThan(dense);
      expect(half).toBeGreaterThan(none);
    }
  });

  it('gives way to the event loop at each point, and stops when told', async () => {
    const stop = new AbortController();
    let measured = 0;
    const counting = (): number => {
      // heard only when the event loop gets its turn
      if (++measured === 2) setImmediate(() => stop.abort());
      return 0;
    };
    const scan = sensitivityScan(model, { evaluate: counting, signal: stop.signal });
    await expect(scan).rejects.toMatchObject({ code: 'train/interrupted' });
    expect(measured).toBeLessThan(5);
  });

  it('refuses bad sparsities and names before it measures', async () => {
    let measured = 0;
    const counting = () => measured++;
    await expect(sensitivityScan(model, { sparsities: [0.5, 50], evaluate: counting })).rejects.toMatchObject({ code: 'prune/sparsity' });
    await expect(sensitivityScan(model, { parameters: [names[0] as string, 'nowhere'], evaluate: counting })).rejects.toMatchObject({
      code: 'prune/parameter',
    });
    expect(measured).toBe(0);
  });
});

describe('sensitivity-guided allocation', async () => {
  const points = await sensitivityScan(model, { sparsities: [0.25, 0.5, 0.75, 0.9], evaluate });
  const score = evaluate(model);

  it.each([0.5, 0.3, 0.15])('meets a budget of %d of the weights, better than uniform pruning', share => {
    const allocation = sensitivityAllocation(model, { points, score, budget: weightsKept(share) });
    const guided = pruneMagnitude(model, { sparsity: allocation });
    expect(keptIn(guided)).toBeLessThanOrEqual(share * total);
    // the same number of weights as the guided one keeps
    const uniform = pruneMagnitude(model, { sparsity: 1 - keptIn(guided) / total });
    expect(evaluate(guided)).toBeGreaterThanOrEqual(evaluate(uniform));
  });

  it('never exceeds a budget', () => {
    for (let share = 0.12; share < 1; share += 0.01) {
      const guided = pruneMagnitude(model, { sparsity: sensitivityAllocation(model, { points, score, budget: weightsKept(share) }) });
      expect(keptIn(guided)).toBeLessThanOrEqual(share * total);
    }
  });

  it('is within a tenth of the best of all combinations', () => {
    const options = names.map(name => [{ parameter: name, sparsity: 0, score }, ...points.filter(p => p.parameter === name)]);
    for (const share of [0.8, 0.5, 0.3]) {
      let best = 0;
      for (const a of options[0] ?? [])
        for (const b of options[1] ?? [])
          for (const c of options[2] ?? []) {
            const pruned = pruneMagnitude(model, { sparsity: Object.fromEntries([a, b, c].map(p => [p.parameter, p.sparsity])) });
            if (keptIn(pruned) <= share * total) best = Math.max(best, evaluate(pruned));
          }
      const allocation = sensitivityAllocation(model, { points, score, budget: weightsKept(share) });
      expect(evaluate(Object.keys(allocation).length ? pruneMagnitude(model, { sparsity: allocation }) : model)).toBeGreaterThan(
        0.9 * best,
      );
    }
  });

  it('meets a budget in bytes, which counts the indices too', () => {
    const budget = storageBytes(300);
    const allocation = sensitivityAllocation(model, { points, score, budget });
    const pruned = pruneMagnitude(model, { sparsity: allocation });
    const bytes = names.map(name => {
      const weight = weightIn(pruned, name);
      return Math.min(sparseBytes(eie.encode(kernelMatrix(weight))), weight.data.length * 4);
    });
    expect(bytes.reduce((sum, b) => sum + b, 0)).toBeLessThanOrEqual(300);
    // without indices, as many weights would be allowed as 300 bytes hold values
    const byWeights = sensitivityAllocation(model, { points, score, budget: weightsKept(300 / 4 / total) });
    expect(keptIn(pruned)).toBeLessThan(keptIn(pruneMagnitude(model, { sparsity: byWeights })));
  });

  it('refuses a budget that can not be met, or makes no sense', () => {
    expect(() => sensitivityAllocation(model, { points, score, budget: weightsKept(0.05) })).toThrow(
      expect.objectContaining({ code: 'prune/budget' }),
    );
    expect(() => weightsKept(1.2)).toThrow(expect.objectContaining({ code: 'prune/budget' }));
    expect(() => storageBytes(-1)).toThrow(expect.objectContaining({ code: 'prune/budget' }));
  });
});
