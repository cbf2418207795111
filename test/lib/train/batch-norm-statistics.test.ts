import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { network } from '../../../lib/model/build.ts';
import { forward } from '../../../lib/model/forward.ts';
import type { Model } from '../../../lib/model/model.ts';
import { array, type NDArray, zeros } from '../../../lib/tensor/array.ts';
import { normal, random } from '../../../lib/tensor/random.ts';
import { tf } from '../../../lib/tensor/tf.ts';
import { fit } from '../../../lib/train/fit.ts';
import type { FitOptions } from '../../../lib/train/options.ts';
import { refreshBatchNorm } from '../../../lib/train/refresh-batch-norm.ts';

const norm = (shape: readonly number[] = [1]): Model => network('b', shape).batchNorm({ id: 'bn' }).flatten().dense(2).model();
const examples = (inputs: NDArray) => ({ inputs, targets: zeros([inputs.shape[0] as number], 'int32') });
const statistic = (model: Model, name: 'mean' | 'variance'): number[] => [...(model.parameters[`bn.${name}`]?.value.data ?? [])];
const near = (values: readonly number[], digits = 4) => values.map(value => expect.closeTo(value, digits));

/** Mean and unbiased variance of each channel of values [n, …, c]. */
function known({ shape, data }: NDArray): { mean: number[]; variance: number[] } {
  const channels = shape.at(-1) as number;
  const columns = Array.from({ length: channels }, (_, c) => Array.from(data).filter((_, i) => i % channels === c));
  const mean = columns.map(values => values.reduce((a, b) => a + b) / values.length);
  const variance = columns.map((values, c) => values.reduce((a, b) => a + (b - (mean[c] as number)) ** 2, 0) / (values.length - 1));
  return { mean, variance };
}

/** One pass with a rate that moves no weight. */
const passed = (model: Model, inputs: NDArray, options: FitOptions = {}): Promise<Model> =>
  fit(model, examples(inputs), { learningRate: 1e-9, optimizer: 'sgd', ...options });

describe('running statistics in training', () => {
  it.each([
    [[2], 2],
    [[5, 3], 4],
    [[3, 2, 2], 3],
    [[3, 2, 2, 2], 2],
  ] as [number[], number][])('move by the unbiased variance of a batch: inputs %s, batches of %i', async (shape, batch) => {
    const inputs = normal(random(1), [batch, ...shape]);
    const { mean, variance } = known(inputs);
    const after = await passed(norm(shape), inputs);
    expect(statistic(after, 'mean')).toEqual(near(mean.map(m => 0.1 * m)));
    expect(statistic(after, 'variance')).toEqual(near(variance.map(v => 0.9 + 0.1 * v)));
  });

  it('equal those of PyTorch for the batch 1, 2, 4', async () => {
    // BatchNorm1d(1), momentum 0.1: running mean 0.1 · 7/3, running variance 0.9 + 0.1 · 7/3
    const after = await passed(norm(), array([3, 1], [1, 2, 4]));
    expect(statistic(after, 'mean')).toEqual(near([0.7 / 3]));
    expect(statistic(after, 'variance')).toEqual(near([0.9 + 0.7 / 3]));
  });

  it('are not moved by a batch of one value for each channel', async () => {
    const inputs = array([1, 1], [7]);
    const after = await passed(norm(), inputs, { epochs: 3 });
    expect([statistic(after, 'mean'), statistic(after, 'variance')]).toEqual([[0], [1]]);
    // an image brings many values
    const image = normal(random(1), [1, 3, 2, 2]);
    expect(statistic(await passed(norm([3, 2, 2]), image), 'mean')).toEqual(near(known(image).mean.map(m => 0.1 * m)));
  });

  it('come near those of the data, whatever is left for the last batch', async () => {
    const inputs = normal(random(1), [65, 1]);
    const { variance } = known(inputs);
    for (const [batchSize, digits] of [
      [64, 1],
      [32, 1],
      [65, 4],
    ] as const) {
      const after = await passed(norm(), inputs, { batchSize, epochs: 200 });
      expect(statistic(after, 'variance')).toEqual(near(variance, digits));
    }
  });
});

describe('refreshed statistics', () => {
  it('are those of all values seen, for batches of any size and a last one of any size', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 2, max: 17 }), async (batchSize, count) => {
        for (const shape of [[2], [2, 3, 2]]) {
          const inputs = normal(random(count), [count, ...shape]);
          const { mean, variance } = known(inputs);
          const after = await refreshBatchNorm(norm(shape), examples(inputs), { batchSize });
          expect(statistic(after, 'mean')).toEqual(near(mean));
          expect(statistic(after, 'variance')).toEqual(near(variance));
        }
      }),
      { numRuns: 40 },
    );
  });

  it('stay as they are when a single value is seen', async () => {
    const after = await refreshBatchNorm(norm(), examples(array([1, 1], [7])));
    expect([statistic(after, 'mean'), statistic(after, 'variance')]).toEqual([[0], [1]]);
  });

  it('are refreshed in branches too that the output does not need', async () => {
    const net = network('two', [2]);
    net.batchNorm({ id: 'bn' }).dense(2).output('other').from('input').dense(2);
    const inputs = normal(random(1), [8, 2]);
    expect(statistic(await refreshBatchNorm(net.model(), examples(inputs)), 'variance')).toEqual(near(known(inputs).variance));
  });

  it('pool what several batch norms see that share them', async () => {
    const model = network('two', [1]).batchNorm({ id: 'bn' }).batchNorm({ id: 'again' }).dense(2).model();
    const shared = model.nodes[1]?.parameters ?? {};
    const nodes = model.nodes.map(node => (node.id === 'again' ? { ...node, parameters: shared } : node));
    const kept = Object.entries(model.parameters).filter(([name]) => !name.startsWith('again'));
    const inputs = normal(random(1), [9, 1]);
    const after = await refreshBatchNorm({ ...model, nodes, parameters: Object.fromEntries(kept) }, examples(inputs), { batchSize: 4 });
    expect(statistic(after, 'mean')).toEqual(near([(known(inputs).mean[0] as number) / 2], 2));
  });

  it('refuse data and weights that are not finite, saying which', async () => {
    const inputs = array([4, 1], [1, 2, Number.NaN, 4]);
    await expect(refreshBatchNorm(norm(), examples(inputs))).rejects.toMatchObject({
      name: 'LabError',
      code: 'train/diverged',
      message: expect.stringContaining('input of example 2'),
    });
  });
});

test('dropLast leaves out a last batch that is not full', async () => {
  const inputs = normal(random(1), [10, 1]);
  for (const [batchSize, steps] of [
    [4, 2],
    [5, 2],
    [10, 1],
    [3, 3],
  ] as const) {
    const seen: number[] = [];
    const starts: number[] = [];
    const reporter = { step: () => seen.push(1), start: (info: { stepsPerEpoch: number }) => starts.push(info.stepsPerEpoch) };
    await passed(norm(), inputs, { batchSize, dropLast: true, epochs: 2, reporter });
    expect(seen).toHaveLength(2 * steps);
    expect(starts).toEqual([steps]);
  }
  await expect(passed(norm(), inputs, { batchSize: 11, dropLast: true })).rejects.toMatchObject({ code: 'train/options' });
});

test('batch norm runs on any rank, trained and evaluated alike', () => {
  for (const shape of [[3], [2, 3], [2, 4, 3], [2, 1, 4, 3], [2, 1, 2, 2, 3]]) {
    const model = network('n', shape).batchNorm({ id: 'bn' }).model();
    tf.tidy(() => {
      const x = tf.randomNormal([4, ...shape], 1, 2, 'float32', 1);
      const flat = x.reshape([-1, 3]);
      const { mean, variance } = tf.moments(flat, 0);
      const expected = flat.sub(mean).div(variance.add(1e-5).sqrt());
      const got = forward(model, x, { training: true });
      expect(got.shape).toEqual(x.shape);
      expect(Array.from(got.dataSync())).toEqual(near(Array.from(expected.dataSync()), 3));
      const parameters = { 'bn.mean': mean, 'bn.variance': variance };
      expect(Array.from(forward(model, x, { parameters }).dataSync())).toEqual(near(Array.from(expected.dataSync()), 3));
      const slopes = tf.grad(v => forward(model, v, { parameters }).square().sum())(x);
      expect(slopes.shape).toEqual(x.shape);
    });
  }
});
