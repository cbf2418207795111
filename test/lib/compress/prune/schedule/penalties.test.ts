import { describe, expect, it } from 'vitest';
import { channel } from '../../../../../lib/compress/prune/granularity/channel.ts';
import { nm } from '../../../../../lib/compress/prune/granularity/n-m.ts';
import { vector } from '../../../../../lib/compress/prune/granularity/vector.ts';
import { groupLasso, l1Penalty, l2Penalty } from '../../../../../lib/compress/prune/schedule/penalties.ts';
import { mlp } from '../../../../../lib/model/mlp.ts';
import type { Model, Parameter } from '../../../../../lib/model/model.ts';
import { array } from '../../../../../lib/tensor/array.ts';
import { normal, random } from '../../../../../lib/tensor/random.ts';
import { tf } from '../../../../../lib/tensor/tf.ts';
import { fit } from '../../../../../lib/train/fit.ts';
import type { TrainingHooks } from '../../../../../lib/train/hooks.ts';

/** What hooks add to a gradient of 0. */
function added(hooks: TrainingHooks, shape: number[], values: number[]): number[] {
  return tf.tidy(() => {
    const weight = tf.tensor(values, shape);
    const found = hooks.gradients?.({ w: tf.zerosLike(weight), bias: tf.zeros([2]) }, { w: weight, bias: tf.ones([2]) });
    expect([...(found?.bias?.dataSync() ?? [])]).toEqual([0, 0]);
    return [...(found?.w?.dataSync() ?? [])];
  });
}

describe('penalties add the gradient of', () => {
  const weights = [3, -2, 0, 4];

  it('λ Σ |w|', () => {
    expect(added(l1Penalty({ strength: 0.5 }), [2, 2], weights)).toEqual([0.5, -0.5, 0, 0.5]);
  });

  it('λ Σ w²', () => {
    expect(added(l2Penalty({ strength: 0.5 }), [2, 2], weights)).toEqual([3, -2, 0, 4]);
  });

  it('λ Σ √|g| ‖w_g‖, for output channels or other groups', () => {
    const root = Math.SQRT2;
    const close = (values: number[]): unknown[] => values.map(v => expect.closeTo(v, 5));
    expect(added(groupLasso({ strength: 1 }), [2, 2], weights)).toEqual(
      close([root, (-2 * root) / Math.sqrt(20), 0, (4 * root) / Math.sqrt(20)]),
    );
    expect(added(groupLasso({ strength: 1, granularity: channel(0) }), [2, 2], weights)).toEqual(
      close([(3 * root) / Math.sqrt(13), (-2 * root) / Math.sqrt(13), 0, root]),
    );
    expect(added(groupLasso({ strength: 1, granularity: vector(1) }), [2, 2], [0, 0, 3, 4])).toEqual(close([0, 0, 0.6 * root, 0.8 * root]));
  });

  it('parameters that are named, and no others', () => {
    expect(added(l1Penalty({ strength: 1, parameters: ['other'] }), [2, 2], weights)).toEqual([0, 0, 0, 0]);
  });

  it('refuse a negative strength, and what has no groups', () => {
    for (const make of [l1Penalty, l2Penalty, groupLasso])
      expect(() => make({ strength: -1 })).toThrow(expect.objectContaining({ code: 'prune/strength' }));
    expect(() => groupLasso({ strength: 1, granularity: nm({ n: 2, m: 4 }) })).toThrow(expect.objectContaining({ code: 'prune/groups' }));
  });
});

describe('training with a penalty', () => {
  // five of twenty inputs matter
  const inputs = normal(random(3), [300, 20]);
  const label = (n: number): number => Number([0, 1, 2, 3, 4].reduce((sum, i) => sum + (inputs.data[20 * n + i] as number), 0) > 0);
  const data = {
    inputs,
    targets: array(
      [300],
      Int32Array.from({ length: 300 }, (_, n) => label(n)),
      'int32',
    ),
  };
  const start = mlp({ input: [20], hidden: [16], classes: 2, seed: 2 });
  const train = (hooks: TrainingHooks): Promise<Model> =>
    fit(start, data, { epochs: 20, batchSize: 50, learningRate: 0.1, optimizer: 'sgd', hooks });
  const first = (model: Model): Float32Array => (model.parameters['dense-1.kernel'] as Parameter).value.data as Float32Array;
  const below = (model: Model, share: number): number => {
    const weights = first(model).map(Math.abs);
    const largest = Math.max(...weights);
    return weights.filter(w => w < share * largest).length;
  };

  it('L1 leaves more weights that a small threshold takes than L2 does, and than none', async () => {
    const [none, l1, l2] = [await train({}), await train(l1Penalty({ strength: 0.01 })), await train(l2Penalty({ strength: 0.01 }))];
    expect(below(l1, 0.02)).toBeGreaterThan(2 * below(l2, 0.02));
    expect(below(l1, 0.02)).toBeGreaterThan(2 * below(none, 0.02));
  });

  it('group lasso empties whole groups: inputs that do not matter', async () => {
    const norms = (model: Model): number[] => Array.from({ length: 20 }, (_, i) => Math.hypot(...first(model).slice(16 * i, 16 * i + 16)));
    const found = norms(await train(groupLasso({ strength: 0.02, granularity: channel(0) })));
    expect(Math.max(...found.slice(5))).toBeLessThan(0.75 * Math.min(...found.slice(0, 5)));
    expect(Math.min(...found)).toBeLessThan(0.1 * Math.max(...found));
    const without = norms(await train({}));
    expect(Math.min(...without)).toBeGreaterThan(0.4 * Math.max(...without));
  });

  it('a strength of 0 changes nothing', async () => {
    expect(first(await train(l1Penalty({ strength: 0 })))).toEqual(first(await train({})));
  });
});
