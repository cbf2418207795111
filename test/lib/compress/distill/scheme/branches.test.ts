import { describe, expect, it } from 'vitest';
import { grafted } from '../../../../../lib/compress/distill/scheme/graft.ts';
import { trainBranches } from '../../../../../lib/compress/distill/scheme/one.ts';
import { type ExitLoss, teachItself } from '../../../../../lib/compress/distill/scheme/own-teacher.ts';
import { take } from '../../../../../lib/data/dataset.ts';
import { strokeGlyphs } from '../../../../../lib/data/stroke-glyphs.ts';
import { macs } from '../../../../../lib/measure/macs.ts';
import { network } from '../../../../../lib/model/build.ts';
import { predict } from '../../../../../lib/model/forward.ts';
import { mlp } from '../../../../../lib/model/mlp.ts';
import type { Model } from '../../../../../lib/model/model.ts';
import { run } from '../../../../../lib/model/run.ts';
import { decodeModel, encodeModel } from '../../../../../lib/model/serialize.ts';
import { vgg } from '../../../../../lib/model/vgg.ts';
import { tensorCount } from '../../../../../lib/tensor/scope.ts';
import { tf } from '../../../../../lib/tensor/tf.ts';
import { fit } from '../../../../../lib/train/fit.ts';
import { expectClose, values } from './values.ts';

const data = strokeGlyphs({ count: 48, seed: 1 });
const base = vgg({ widths: [4, 'M', 6, 'M', 6], seed: 3 });
const options = { data, steps: 4, batchSize: 16, seed: 4, learningRate: 0.05, reporter: {}, validation: take(data, 8) } as const;
const refused = (code: string): unknown => expect.objectContaining({ code });

describe('trainBranches', () => {
  it('gives networks of one graph and one trunk, weighed by shares that sum to 1', async () => {
    const shares: number[][] = [];
    const { models, gate } = await trainBranches(base, {
      ...options,
      after: 'max-pool-1',
      onShares: found => void shares.push([...found]),
    });
    expect(models).toHaveLength(3);
    expect(shares).toHaveLength(4);
    for (const row of shares) expect(row.reduce((sum, v) => sum + v, 0)).toBeCloseTo(1, 5);
    for (const share of shares[0] as number[]) expect(share).toBeCloseTo(1 / 3, 6);
    expect(gate.kernel.shape).toEqual([4, 3]);
    const kernel = (k: number, name: string): ArrayLike<number> | undefined => models[k]?.parameters[name]?.value.data;
    for (const k of [1, 2]) {
      expect(models[k]?.nodes).toEqual(base.nodes);
      expect(kernel(k, 'conv2d-1.kernel')).toEqual(kernel(0, 'conv2d-1.kernel'));
      expect(kernel(k, 'conv2d-2.kernel')).not.toEqual(kernel(0, 'conv2d-2.kernel'));
      // statistics of its own, that moved
      expect(
        values(models[k] as Model)
          .flat()
          .every(Number.isFinite),
      ).toBe(true);
    }
    expect(macs(models[2] as Model)).toBe(macs(base));
  });

  it('leaks nothing, and is the same for a seed', async () => {
    const first = await trainBranches(base, { ...options, after: 'relu-1', branches: 2 });
    const tensors = tensorCount();
    const second = await trainBranches(base, { ...options, after: 'relu-1', branches: 2 });
    expect(second.models.map(values)).toEqual(first.models.map(values));
    expect(tensorCount()).toBe(tensors);
  });

  it('refuses one branch, nodes that there are not, and nodes that something looks past', async () => {
    await expect(trainBranches(base, { ...options, after: 'relu-1', branches: 1 })).rejects.toThrow(refused('distill/branch'));
    await expect(trainBranches(base, { ...options, after: 'nowhere' })).rejects.toThrow(refused('distill/node'));
    await expect(trainBranches(base, { ...options, after: base.output })).rejects.toThrow(refused('distill/branch'));
    const start = network('around', [28, 28, 1]).conv2d(4, 3, { id: 'first' }).conv2d(4, 3, { id: 'second' });
    const around = start
      .apply('add', {}, { inputs: ['first', 'second'] })
      .globalAveragePool()
      .dense(10)
      .model();
    await expect(trainBranches(around, { ...options, after: 'second' })).rejects.toThrow(refused('distill/branch'));
  });
});

describe('teachItself', () => {
  it('gives a network for each exit, which says what the exit of the whole says', async () => {
    const { all, exits } = await teachItself(base, { ...options, exits: ['relu-1', 'relu-2'] });
    expect(exits).toHaveLength(3);
    tf.tidy(() => {
      const x = tf.randomUniform([5, 28, 28, 1]);
      const said = run(all, { input: x }, ['exit-1', 'exit-2', 'output']);
      for (const [i, name] of ['exit-1', 'exit-2', 'output'].entries())
        expect(said[name]?.arraySync()).toEqual(run(exits[i] as Model, { input: x }).output?.arraySync());
    });
    const cost = exits.map(macs);
    expect(cost[0]).toBeLessThan(cost[1] as number);
    expect(cost[1]).toBeLessThan(cost[2] as number);
    expect(exits[2]?.nodes).toEqual(base.nodes);
    expect(Object.keys(exits[0]?.parameters ?? {}).some(name => name.startsWith('conv2d-2'))).toBe(false);
  });

  it('is one model that is saved and read', async () => {
    const { all } = await teachItself(mlp({ hidden: [8, 6] }), { ...options, exits: ['relu-1'] });
    expect(values(decodeModel(encodeModel(all)))).toEqual(values(all));
    expect(all.outputs).toEqual({ 'exit-1': 'exit-1.logits' });
  });

  it('asks nothing of the deepest exit but labels: it has no divergence and no distance', async () => {
    const seen: (readonly ExitLoss[])[] = [];
    await teachItself(base, { ...options, exits: ['relu-1'], onExits: found => void seen.push(found) });
    expect(seen).toHaveLength(4);
    for (const [shallow, deepest] of seen) {
      expect(deepest).toMatchObject({ divergence: 0, feature: 0 });
      expect(shallow?.divergence).toBeGreaterThan(0);
      expect(shallow?.feature).toBeGreaterThan(0);
    }
  });

  it('with α and λ 0 is each exit trained on the labels, beside the others', async () => {
    const { all, exits } = await teachItself(base, { ...options, exits: ['relu-1'], alpha: 0, feature: 0 });
    // an exit that nothing connects to the rest in the loss, on a trunk that both train
    expect(values(all)).toHaveLength(values(base).length + 4);
    const frozenTrunk = {
      ...base,
      parameters: Object.fromEntries(
        Object.entries(base.parameters).map(([name, p]) => [name, { ...p, trainable: name.startsWith('dense') }]),
      ),
    };
    const alone = await fit(frozenTrunk, data, { ...options, loss: undefined });
    const beside = await teachItself(frozenTrunk, { ...options, exits: ['relu-1'], alpha: 0, feature: 0 });
    expect(values(beside.exits.at(-1) as Model)).toEqual(values(alone));
    expect(exits).toHaveLength(2);
  });

  it('leaks nothing, and refuses no exit, exits named twice, unknown nodes, shares beyond 1 and networks without a last layer', async () => {
    await teachItself(base, { ...options, exits: ['relu-1'] });
    const tensors = tensorCount();
    await teachItself(base, { ...options, exits: ['relu-1'] });
    expect(tensorCount()).toBe(tensors);
    await expect(teachItself(base, { ...options, exits: [] })).rejects.toThrow(refused('distill/exits'));
    await expect(teachItself(base, { ...options, exits: ['relu-1', 'relu-1'] })).rejects.toThrow(refused('distill/exits'));
    await expect(teachItself(base, { ...options, exits: ['nowhere'] })).rejects.toThrow(refused('distill/node'));
    await expect(teachItself(base, { ...options, exits: ['relu-1'], alpha: 1.5 })).rejects.toThrow(refused('distill/alpha'));
    const soft = network('soft', [28, 28, 1]).flatten().dense(10).activation('softmax').model();
    await expect(teachItself(soft, { ...options, exits: ['flatten-1'] })).rejects.toThrow(refused('distill/shape'));
  });

  it('grows heads without touching the network', () => {
    const head = { node: 'relu-1', name: 'exit-1', model: network('head', [28, 28, 4]).globalAveragePool().dense(3).model() };
    const all = grafted(base, [head]);
    expect(predict(all, take(data, 3).images).data).toEqual(predict(base, take(data, 3).images).data);
    expectClose({ ...all, parameters: base.parameters }, base);
  });
});
