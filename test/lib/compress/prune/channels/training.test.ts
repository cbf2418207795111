import { expect, test } from 'vitest';
import { closeGates, gateHooks, openGates } from '../../../../../lib/compress/prune/channels/gates.ts';
import { batchNormScale } from '../../../../../lib/compress/prune/channels/importance/batch-norm-scale.ts';
import { pruneChannels } from '../../../../../lib/compress/prune/channels/prune-channels.ts';
import { slimming } from '../../../../../lib/compress/prune/channels/slimming.ts';
import { strokeGlyphs } from '../../../../../lib/data/stroke-glyphs.ts';
import { latency } from '../../../../../lib/measure/latency.ts';
import { prunableGroups } from '../../../../../lib/model/channels/groups.ts';
import { predict } from '../../../../../lib/model/forward.ts';
import type { Model } from '../../../../../lib/model/model.ts';
import { decodeModel, encodeModel } from '../../../../../lib/model/serialize.ts';
import { vgg } from '../../../../../lib/model/vgg.ts';
import { tf } from '../../../../../lib/tensor/tf.ts';
import { fit } from '../../../../../lib/train/fit.ts';
import { digest } from '../../../unchanged.ts';

const data = strokeGlyphs({ count: 128, seed: 1 });
const model = vgg({ widths: [6, 'M', 8], classes: 10, seed: 1 });
const options = { steps: 12, batchSize: 32, optimizer: 'sgd', learningRate: 0.1, seed: 2 } as const;
const scales = (m: Model): number[] =>
  ['batch-norm-1.gamma', 'batch-norm-2.gamma'].flatMap(name => [...(m.parameters[name]?.value.data ?? [])]);
const sum = (values: number[]): number => values.reduce((a, b) => a + Math.abs(b), 0);

test('network slimming: the subgradient λ · sign(γ) is added to the gradient of γ, and to no other', () => {
  const hooks = slimming(model, { strength: 0.5 });
  tf.tidy(() => {
    const gradients = { 'batch-norm-1.gamma': tf.tensor1d([1, 1, 1]), 'batch-norm-2.gamma': tf.tensor1d([0]), other: tf.tensor1d([2]) };
    const values = { 'batch-norm-1.gamma': tf.tensor1d([3, -3, 0]), 'batch-norm-2.gamma': tf.tensor1d([1]), other: tf.tensor1d([9]) };
    const found = hooks.gradients?.(gradients, values) ?? {};
    expect(Object.entries(found).map(([name, g]) => [name, ...g.dataSync()])).toEqual([
      ['batch-norm-1.gamma', 1.5, 0.5, 1],
      ['batch-norm-2.gamma', 0.5],
      ['other', 2],
    ]);
  });
  expect(() => slimming(model, { strength: -1 })).toThrowError(expect.objectContaining({ code: 'prune/strength' }));
});

test('the stronger the penalty, the smaller the scales; the smallest ones are pruned', async () => {
  const slimmed = await Promise.all([0, 0.05, 0.2].map(strength => fit(model, data, { ...options, hooks: slimming(model, { strength }) })));
  const [none, some, much] = slimmed.map(m => sum(scales(m))) as [number, number, number];
  expect(some).toBeLessThan(none);
  expect(much).toBeLessThan(some);
  const slim = slimmed[2] as Model;
  const small = pruneChannels(slim, { ratio: 0.5, importance: batchNormScale() });
  const gammas = [...(slim.parameters['batch-norm-2.gamma']?.value.data ?? [])].sort((a, b) => Math.abs(b) - Math.abs(a));
  expect(new Set(small.parameters['batch-norm-2.gamma']?.value.data)).toEqual(new Set(gammas.slice(0, 4)));
});

test('gates of 1 leave the network unchanged, open or closed', async () => {
  const gated = openGates(model);
  expect(predict(gated, data.images)).toEqual(predict(model, data.images));
  expect(digest(closeGates(gated, model))).toBe(digest(model));
  expect(digest(decodeModel(encodeModel(gated)))).toBe(digest(gated));
  const hooks = gateHooks(gated);
  tf.tidy(() => {
    const values = Object.fromEntries(
      Object.entries(gated.parameters).map(([name, { value }]) => [name, tf.tensor(value.data, [...value.shape])]),
    );
    for (const [name, tensor] of Object.entries(hooks.parameters?.(values) ?? {}))
      expect(tensor.dataSync()).toEqual(model.parameters[name]?.value.data);
  });
});

test('tick: only gates train, and closing folds them into γ and β without a change of the function', async () => {
  const gated = openGates(model, { only: true });
  const ticked = await fit(gated, data, { ...options, hooks: gateHooks(gated, { strength: 0.01 }) });
  const gate = ticked.parameters['batch-norm-1.gamma.gate']?.value.data as Float32Array;
  expect(gate.every(g => g !== 1)).toBe(true);
  expect(ticked.parameters['conv2d-1.kernel']?.value.data).toEqual(model.parameters['conv2d-1.kernel']?.value.data);
  const closed = closeGates(ticked, model);
  expect(Object.keys(closed.parameters)).toEqual(Object.keys(model.parameters));
  expect(closed.parameters['batch-norm-1.gamma']?.value.data).toEqual(gate);
  expect(Object.values(closed.parameters).map(p => p.trainable)).toEqual(Object.values(model.parameters).map(p => p.trainable));
});

test('a pruned network trains, and its latency is measured', async () => {
  const small = pruneChannels(model, { ratio: 0.5, groups: prunableGroups(model).map(({ name }) => name) });
  const trained = await fit(small, data, options);
  expect(trained.parameters['conv2d-2.kernel']?.value.shape).toEqual([3, 3, 3, 4]);
  expect(latency(trained, { runs: 3 }).samplesMs).toHaveLength(3);
});
