import { expect, test } from 'vitest';
import { forward, predict } from '../../../lib/model/forward.ts';
import { mlp } from '../../../lib/model/mlp.ts';
import { vgg } from '../../../lib/model/vgg.ts';
import { zeros } from '../../../lib/tensor/array.ts';
import { normal, random } from '../../../lib/tensor/random.ts';
import { tensorCount } from '../../../lib/tensor/scope.ts';
import { tf } from '../../../lib/tensor/tf.ts';

const tiny = () => vgg({ widths: [4, 'M', 6], input: [8, 8, 2], classes: 3, seed: 7 });

test('predict equals forward, batch by batch, and leaks nothing', () => {
  const model = tiny();
  const x = normal(random(1), [7, 8, 8, 2]);
  const before = tensorCount();
  const scores = predict(model, x, { batchSize: 3 });
  expect(tensorCount()).toBe(before);
  expect(scores.shape).toEqual([7, 3]);
  const whole = tf.tidy(() => forward(model, tf.tensor(x.data, [7, 8, 8, 2])).dataSync());
  for (const [i, value] of whole.entries()) expect(scores.data[i]).toBeCloseTo(value, 5);
});

test('uint8 images are scaled to 0 … 1', () => {
  const model = mlp({ input: [2], hidden: [], classes: 2, seed: 3 });
  const bytes = { shape: [1, 2], dtype: 'uint8' as const, data: Uint8Array.of(255, 51) };
  const reals = { shape: [1, 2], dtype: 'float32' as const, data: Float32Array.of(1, 0.2) };
  expect(predict(model, bytes).data).toEqual(predict(model, reals).data);
});

test('no samples give no scores, of the right shape', () => {
  expect(predict(tiny(), zeros([0, 8, 8, 2])).shape).toEqual([0, 3]);
});

test('a batch of the wrong shape is refused by name', () => {
  expect(() => predict(tiny(), zeros([1, 8, 8, 3]))).toThrowError(/expected shape \[1, 8, 8, 2\]/);
});

test('training reports statistics of the batch and how much the running ones keep', () => {
  const model = tiny();
  const seen: Record<string, number[]> = {};
  const x = normal(random(2), [5, 8, 8, 2]);
  const expected: { mean?: ArrayLike<number>; variance?: ArrayLike<number> } = {};
  tf.tidy(() => {
    forward(model, tf.tensor(x.data, [5, 8, 8, 2]), {
      training: true,
      onStatistic: (name, value, momentum) => {
        seen[name] = [...value.dataSync()];
        expect(momentum).toBe(0.9);
      },
      onActivation: (node, value) => {
        if (node.id !== 'conv2d-1') return;
        const { mean, variance } = tf.moments(value, [0, 1, 2]);
        expected.mean = mean.dataSync();
        const count = value.size / mean.size;
        expected.variance = variance.mul(count / (count - 1)).dataSync();
      },
    });
  });
  for (const name of ['mean', 'variance'] as const)
    for (const [i, value] of (seen[`batch-norm-1.${name}`] as number[]).entries())
      expect(value).toBeCloseTo(expected[name]?.[i] as number, 5);
  expect(Object.keys(seen).sort()).toEqual(['batch-norm-1.mean', 'batch-norm-1.variance', 'batch-norm-2.mean', 'batch-norm-2.variance']);
});

test('gradients reach every trained parameter', () => {
  const model = tiny();
  const names = Object.keys(model.parameters).filter(name => model.parameters[name]?.trainable);
  const sizes = tf.tidy(() => {
    const variables = names.map(name => {
      const { shape, data } = (model.parameters[name] as NonNullable<(typeof model.parameters)[string]>).value;
      return tf.tensor(data.slice(), [...shape]);
    });
    const loss = (...values: tf.Tensor[]): tf.Scalar => {
      const parameters = Object.fromEntries(names.map((name, i) => [name, values[i] as tf.Tensor]));
      return forward(model, tf.randomNormal([4, 8, 8, 2], 0, 1, 'float32', 5), { training: true, parameters })
        .square()
        .sum();
    };
    return tf
      .grads(loss)(variables)
      .map(gradient => gradient.abs().sum().dataSync()[0] as number);
  });
  for (const size of sizes) expect(size).toBeGreaterThan(0);
});

test.each([0, -1, 1.5, Number.NaN])('batches of %f samples are refused', batchSize => {
  expect(() => predict(tiny(), zeros([1, 8, 8, 2]), { batchSize })).toThrowError(expect.objectContaining({ code: 'model/batch-size' }));
});
