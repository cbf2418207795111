import { expect, it } from 'vitest';
import { nm } from '../../../../../lib/compress/prune/granularity/n-m.ts';
import { pruneMagnitude } from '../../../../../lib/compress/prune/magnitude.ts';
import { type AdmmUpdate, pruneWithAdmm } from '../../../../../lib/compress/prune/schedule/admm.ts';
import { sparsity } from '../../../../../lib/measure/sparsity.ts';
import { mlp } from '../../../../../lib/model/mlp.ts';
import { withParameters } from '../../../../../lib/model/model.ts';
import { array } from '../../../../../lib/tensor/array.ts';
import { normal, random } from '../../../../../lib/tensor/random.ts';
import { tensorCount } from '../../../../../lib/tensor/scope.ts';
import { fit } from '../../../../../lib/train/fit.ts';
import { lossOf } from '../loss-of.ts';

const inputs = normal(random(3), [400, 10]);
const targets = array(
  [400],
  Int32Array.from({ length: 400 }, (_, n) => Number((inputs.data[10 * n] as number) * (inputs.data[10 * n + 1] as number) > 0)),
  'int32',
);
const data = { inputs, targets };
const training = { epochs: 12, batchSize: 40, learningRate: 0.05 };

it('Z is feasible in every update, and W comes to it', async () => {
  const before = tensorCount();
  const dense = await fit(mlp({ input: [10], hidden: [24], classes: 2, seed: 1 }), data, training);
  const updates: AdmmUpdate[] = [];
  const pruned = await pruneWithAdmm(dense, data, { ...training, sparsity: 0.75, rho: 1, onUpdate: update => updates.push(update) });
  expect(updates.map(({ epoch }) => epoch)).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
  for (const { feasible } of updates) expect(sparsity(feasible)).toBe(0.75);
  const residual = (from: number): number => updates.slice(from, from + 4).reduce((sum, { primalResidual }) => sum + primalResidual, 0);
  expect(residual(8)).toBeLessThan(0.5 * residual(0));
  expect(sparsity(pruned)).toBe(0.75);
  expect(lossOf(pruned, data)).toBeLessThan(lossOf(pruneMagnitude(dense, { sparsity: 0.75 }), data));
  expect(tensorCount()).toBe(before);
});

it('Z and U by hand, where W does not move: U adds up what Z leaves out, until Z takes it in', async () => {
  const still = withParameters(mlp({ input: [2], hidden: [], classes: 2 }), { 'dense-1.kernel': { value: array([2, 2], [3, -2, 1, -5]) } });
  const seen: number[][] = [];
  const onUpdate = ({ feasible }: AdmmUpdate): void => {
    seen.push([...(feasible.parameters['dense-1.kernel']?.value.data ?? [])]);
  };
  const examples = { inputs: array([1, 2], [0, 0]), targets: array([1], Int32Array.of(0), 'int32') };
  await pruneWithAdmm(still, examples, { epochs: 3, optimizer: 'sgd', learningRate: 1e-12, sparsity: 0.5, onUpdate });
  // W + U: 3 -2 1 -5, then 3 -4 2 -5, then 6 -2 3 -5
  expect(seen).toEqual([
    [3, 0, 0, -5],
    [0, -4, 0, -5],
    [6, 0, 0, -5],
  ]);
});

it('takes any constraint that a granularity can be held to', async () => {
  const prune = (model: Parameters<typeof pruneMagnitude>[0], share: number) =>
    pruneMagnitude(model, { sparsity: share, granularity: nm({ n: 2, m: 4 }), parameters: ['dense-2.kernel'] });
  const pruned = await pruneWithAdmm(mlp({ input: [10], hidden: [24], classes: 2 }), data, {
    ...training,
    epochs: 2,
    sparsity: 0.5,
    prune,
  });
  expect([...(pruned.parameters['dense-2.kernel']?.mask?.data ?? [])].filter(k => k === 0)).toHaveLength(24);
  expect(pruned.parameters['dense-1.kernel']?.mask).toBeUndefined();
});

it('refuses a ρ that pulls nowhere', async () => {
  await expect(pruneWithAdmm(mlp({ input: [10] }), data, { sparsity: 0.5, rho: 0 })).rejects.toMatchObject({ code: 'prune/rho' });
});
