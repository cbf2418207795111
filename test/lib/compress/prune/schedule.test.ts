import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { channel } from '../../../../lib/compress/prune/granularity/channel.ts';
import { pruneMagnitude } from '../../../../lib/compress/prune/magnitude.ts';
import { masksOf } from '../../../../lib/compress/prune/masks.ts';
import { pruneWithAdmm } from '../../../../lib/compress/prune/schedule/admm.ts';
import { cubicSparsity } from '../../../../lib/compress/prune/schedule/cubic.ts';
import { pruneGradually } from '../../../../lib/compress/prune/schedule/gradual.ts';
import { geometricSparsities, pruneIteratively } from '../../../../lib/compress/prune/schedule/iterative.ts';
import { type FineTuneOptions, type Pruner, pruneAndFineTune } from '../../../../lib/compress/prune/schedule/one-shot.ts';
import { type Model, withParameters } from '../../../../lib/model/model.ts';
import { tensorCount } from '../../../../lib/tensor/scope.ts';
import { fit } from '../../../../lib/train/fit.ts';
import { quadrants as data, start } from '../quadrants.ts';
import { lossOf } from './loss-of.ts';

const training = { epochs: 4, batchSize: 40, learningRate: 0.1 };
const zeros = (model: Model): number =>
  ['dense-1.kernel', 'dense-2.kernel'].reduce(
    (sum, name) => sum + [...(model.parameters[name]?.value.data ?? [])].filter(w => w === 0).length,
    0,
  );

// A schedule joins the suite by being listed.
const listed: readonly { name: string; prune: (model: Model, options: FineTuneOptions) => Promise<Model> }[] = [
  { name: 'one-shot', prune: (model, options) => pruneAndFineTune(model, data, options) },
  { name: 'iterative', prune: (model, options) => pruneIteratively(model, data, { ...options, rounds: 3 }) },
  { name: 'gradual', prune: (model, options) => pruneGradually(model, data, { ...options, end: 25, every: 5 }) },
  { name: 'ADMM', prune: (model, options) => pruneWithAdmm(model, data, { ...options, epochs: 8, rho: 0.5 }) },
];

describe.each(listed)('schedule $name', ({ prune }) => {
  const model = start(1);

  it('ends at the sparsity asked for, with weights trained, and leaves model and tensors alone', async () => {
    const before = tensorCount();
    const kept = JSON.stringify([...(model.parameters['dense-1.kernel']?.value.data ?? [])]);
    const pruned = await prune(model, { ...training, sparsity: 0.8 });
    expect(zeros(pruned)).toBe(Math.round(0.8 * 320) + Math.round(0.8 * 128));
    expect(
      Object.values(masksOf(pruned))
        .flatMap(mask => [...mask.data])
        .filter(k => k === 0),
    ).toHaveLength(zeros(pruned));
    expect(lossOf(pruned, data)).toBeLessThan(lossOf(model, data));
    expect(JSON.stringify([...(model.parameters['dense-1.kernel']?.value.data ?? [])])).toBe(kept);
    expect(tensorCount()).toBe(before);
  });

  it('takes any way to prune', async () => {
    const channels: Pruner = (m, sparsity) => pruneMagnitude(m, { sparsity, granularity: channel(-1), parameters: ['dense-1.kernel'] });
    const pruned = await prune(model, { ...training, sparsity: 0.5, prune: channels });
    const mask = masksOf(pruned)['dense-1.kernel']?.data ?? [];
    const dead = Array.from({ length: 32 }, (_, o) => [...mask].every((kept, i) => i % 32 !== o || kept === 0));
    expect(dead.filter(Boolean)).toHaveLength(16);
  });

  it('refuses a sparsity that is none, before training', async () => {
    let steps = 0;
    const options = { ...training, sparsity: 1.5, hooks: { afterStep: () => steps++ } };
    await expect(prune(model, options as never)).rejects.toMatchObject({ code: 'prune/sparsity' });
    expect(steps).toBe(0);
  });
});

describe('iterative pruning', () => {
  it('removes the same share of what is left each time', () => {
    expect(geometricSparsities(0.488, 3).map(s => 1 - s)).toEqual([0.8, 0.64, 0.512].map(density => expect.closeTo(density, 12)));
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 1, max: 12 }), (sparsity, rounds) => {
        const all = geometricSparsities(sparsity, rounds);
        expect(all).toHaveLength(rounds);
        expect(all.at(-1)).toBe(sparsity);
        expect(all.every((s, i) => s >= (all[i - 1] ?? 0) - 1e-12 && s <= 1)).toBe(true);
      }),
    );
    expect(() => geometricSparsities(0.5, 0)).toThrow(expect.objectContaining({ code: 'prune/rounds' }));
  });

  it('loses no more than one-shot pruning at 90 %, over seeds, with as much training', async () => {
    const losses = { oneShot: 0, iterative: 0 };
    for (const seed of [1, 2, 3, 4]) {
      const dense = await fit(start(seed), data, { ...training, seed });
      const oneShot = await pruneAndFineTune(dense, data, { ...training, seed, epochs: 6, sparsity: 0.9 });
      const iterative = await pruneIteratively(dense, data, { ...training, seed, epochs: 2, rounds: 3, sparsity: 0.9 });
      losses.oneShot += lossOf(oneShot, data);
      losses.iterative += lossOf(iterative, data);
    }
    expect(losses.iterative).toBeLessThanOrEqual(losses.oneShot);
  });
});

describe('gradual pruning', () => {
  it('follows the cubic: fast at first, slowly at the end', () => {
    const at = cubicSparsity({ initial: 0.1, sparsity: 0.9, begin: 10, end: 110 });
    expect([0, 10, 60, 110, 500].map(at)).toEqual([0.1, 0.1, 0.9 - 0.8 * 0.125, 0.9, 0.9].map(s => expect.closeTo(s, 12)));
    const rises = Array.from({ length: 10 }, (_, i) => at(20 + 10 * i) - at(10 + 10 * i));
    expect(rises.every((rise, i) => rise > 0 && rise < (rises[i - 1] ?? 1))).toBe(true);
  });

  it('prunes while it trains: zeros follow the schedule and never come back', async () => {
    const seen: number[] = [];
    let before: number[] = [];
    const at = cubicSparsity({ sparsity: 0.8, end: 24 });
    await pruneGradually(start(2), data, {
      ...training,
      sparsity: 0.8,
      end: 24,
      every: 6,
      hooks: {
        afterEpoch(variables) {
          const values = [...(variables['dense-1.kernel'] as { dataSync(): Float32Array }).dataSync()];
          expect(values.every((w, i) => before[i] !== 0 || w === 0)).toBe(true);
          before = values;
          seen.push(values.filter(w => w === 0).length);
        },
      },
    });
    // epochs end after updates 10, 20, 30, 40
    expect(seen).toEqual([at(6), at(18), 0.8, 0.8].map(sparsity => Math.round(sparsity * 320)));
  });

  it.each([
    [{ end: 0 }, 'prune/schedule'],
    [{ begin: 30, end: 20 }, 'prune/schedule'],
    [{ initial: 0.9, end: 20 }, 'prune/schedule'],
    [{ end: 41 }, 'prune/schedule'],
  ])('refuses %j', async (options, code) => {
    await expect(pruneGradually(start(1), data, { ...training, sparsity: 0.5, ...options })).rejects.toMatchObject({ code });
  });

  it('prunes frozen weights too', async () => {
    const frozen = withParameters(start(1), { 'dense-1.kernel': { trainable: false } });
    const prune: Pruner = (m, sparsity) => pruneMagnitude(m, { sparsity, parameters: ['dense-1.kernel', 'dense-2.kernel'] });
    const pruned = await pruneGradually(frozen, data, { ...training, epochs: 1, sparsity: 0.5, end: 8, every: 2, prune });
    expect(zeros(pruned)).toBe(160 + 64);
    const mask = masksOf(pruned)['dense-1.kernel']?.data ?? [];
    expect([...(pruned.parameters['dense-1.kernel']?.value.data ?? [])]).toEqual(
      [...(frozen.parameters['dense-1.kernel']?.value.data ?? [])].map((w, i) => (mask[i] ? w : 0)),
    );
  });

  it('leaves no tensors behind when training fails', async () => {
    const before = tensorCount();
    const failing = {
      afterStep(_: unknown, { step }: { step: number }) {
        if (step === 12) throw new Error('stop');
      },
    };
    await expect(pruneGradually(start(1), data, { ...training, sparsity: 0.5, end: 20, every: 2, hooks: failing })).rejects.toThrow('stop');
    expect(tensorCount()).toBe(before);
  });
});
