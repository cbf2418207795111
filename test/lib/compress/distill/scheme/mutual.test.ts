import { describe, expect, it } from 'vitest';
import { learnMutually } from '../../../../../lib/compress/distill/scheme/mutual.ts';
import { take } from '../../../../../lib/data/dataset.ts';
import { strokeGlyphs } from '../../../../../lib/data/stroke-glyphs.ts';
import { forward } from '../../../../../lib/model/forward.ts';
import { mlp } from '../../../../../lib/model/mlp.ts';
import { vgg } from '../../../../../lib/model/vgg.ts';
import { tensorCount } from '../../../../../lib/tensor/scope.ts';
import { tf } from '../../../../../lib/tensor/tf.ts';
import { fit } from '../../../../../lib/train/fit.ts';
import { crossEntropy } from '../../../../../lib/train/losses.ts';
import { softDivergence } from '../../../../../lib/train/soft-targets.ts';
import { expectClose, values } from './values.ts';

const data = strokeGlyphs({ count: 48, seed: 1 });
const reporter = {};

describe('learnMutually', () => {
  it('with weight 0 is fits apart: the first bit for bit, the others to rounding, statistics and all', async () => {
    const students = [vgg({ widths: [4, 'M', 4], seed: 3 }), vgg({ widths: [6, 'M', 4], seed: 4 }), mlp({ hidden: [8], seed: 5 })];
    const options = { steps: 4, batchSize: 16, seed: 4, learningRate: 0.05, reporter } as const;
    const together = await learnMutually(students, { ...options, data, weight: 0 });
    const apart = await Promise.all(students.map(student => fit(student, data, options)));
    expect(values(together[0] as (typeof apart)[0])).toEqual(values(apart[0] as (typeof apart)[0]));
    for (const [k, model] of together.entries()) expectClose(model, apart[k] as (typeof apart)[0]);
  });

  it('moves each by the gradient of its own loss alone, in one step of plain descent', async () => {
    const [a, b] = [mlp({ hidden: [8], seed: 1 }), mlp({ hidden: [6], seed: 2 })];
    const few = take(data, 16);
    const rate = 0.1;
    const [a1, b1] = await learnMutually([a, b], {
      data: few,
      steps: 1,
      batchSize: 16,
      optimizer: 'sgd',
      learningRate: rate,
      weight: 0.7,
      reporter,
    });
    // the same by hand: the peer's logits are numbers
    for (const [mine, peer, found] of [[a, b, a1] as const, [b, a, b1] as const]) {
      const loss = (_: tf.Tensor, y: tf.Tensor, { outputs, said }: { outputs: tf.Tensor; said: tf.Tensor }): tf.Scalar =>
        tf.add(
          crossEntropy()(outputs, y, { inputs: outputs, parameters: {}, activations: {} }),
          tf.mul(softDivergence(outputs, said, { temperature: 1 }), 0.7),
        );
      const alone = await fit(mine, few, {
        steps: 1,
        batchSize: 16,
        optimizer: 'sgd',
        learningRate: rate,
        reporter,
        loss: (outputs, y, { inputs }) =>
          loss(inputs, y, { outputs, said: tf.tensor(tf.tidy(() => forward(peer, inputs).arraySync()) as number[][]) }),
      });
      expectClose(found as typeof mine, alone);
    }
  });

  it('is symmetric: equal students have no divergence, and stay equal', async () => {
    const one = mlp({ hidden: [8], seed: 1 });
    const seen: number[][] = [];
    const [a, b] = await learnMutually([one, one], {
      data,
      steps: 3,
      batchSize: 16,
      reporter,
      onDivergences: found => void seen.push([...found]),
    });
    expect(seen).toHaveLength(3);
    for (const value of seen.flat()) expect(Math.abs(value)).toBeLessThan(1e-6);
    expectClose(a as typeof one, b as typeof one);
  });

  it('draws students together, says how far apart they are, and leaks nothing', async () => {
    const students = [mlp({ hidden: [8], seed: 1 }), mlp({ hidden: [8], seed: 2 })];
    const apart = async (weight: number): Promise<number> => {
      const seen: number[] = [];
      const onDivergences = ([first = 0]: readonly number[]): void => void seen.push(first);
      await learnMutually(students, { data, epochs: 12, batchSize: 16, weight, onDivergences, validation: take(data, 8), reporter });
      expect(seen).toHaveLength(36);
      return seen.slice(-9).reduce((sum, v) => sum + v, 0) / 9;
    };
    const alone = await apart(0);
    const before = tensorCount();
    expect(await apart(3)).toBeLessThan(alone / 2);
    expect(tensorCount()).toBe(before);
  });

  it('refuses a student alone, other classes, T of 0 and weights that are no number', async () => {
    const one = mlp({ hidden: [] });
    const refused = (code: string): unknown => expect.objectContaining({ code });
    await expect(learnMutually([one], { data })).rejects.toThrow(refused('distill/students'));
    await expect(learnMutually([one, mlp({ classes: 4 })], { data })).rejects.toThrow(refused('distill/shape'));
    await expect(learnMutually([one, one], { data, temperature: 0 })).rejects.toThrow(refused('train/temperature'));
    await expect(learnMutually([one, one], { data, weight: Number.NaN })).rejects.toThrow(refused('train/loss'));
  });
});
