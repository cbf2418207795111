import { describe, expect, it } from 'vitest';
import { batchNormTraining } from '../../../lib/tensor/batch-norm/batch-norm.ts';
import { normal, random, uniform } from '../../../lib/tensor/random.ts';
import { tf } from '../../../lib/tensor/tf.ts';
import { upload } from '../../../lib/tensor/upload.ts';
import { expectClose } from './expect-close.ts';
import { guardAgainstLeaks } from './leak-guard.ts';
import { batchNorm } from './reference/batch-norm.ts';
import { centralDifferences } from './reference/central-differences.ts';

guardAgainstLeaks();

const epsilon = 1e-3;

describe.each([[[3, 5, 4, 3]], [[7, 3]], [[4, 5, 3]], [[2, 1, 1, 17]]])('batch norm in training, x %j', shape => {
  const rng = random(3);
  const channels = shape.at(-1) as number;
  const x = normal(rng, shape, { mean: 2, deviation: 3 });
  const gamma = uniform(rng, [channels], { low: 0.5, high: 2 });
  const beta = normal(rng, [channels]);
  const weights = normal(rng, shape);
  const reference = (values: ArrayLike<number>, g: ArrayLike<number> = gamma.data, b: ArrayLike<number> = beta.data) =>
    batchNorm(values, { gamma: g, beta: b, epsilon });
  const weighted = (y: Float64Array): number => y.reduce((sum, v, i) => sum + v * (weights.data[i] as number), 0);

  it('gives the value and the statistics of the formula', () => {
    tf.tidy(() => {
      const got = batchNormTraining(upload(x), { gamma: upload(gamma), beta: upload(beta), epsilon });
      const expected = reference(x.data);
      expect(got.y.shape).toEqual(shape);
      expectClose(got.y, expected.y);
      expectClose(got.mean, expected.mean);
      expectClose(got.variance, expected.variance);
    });
  });

  it('has the gradients of the formula by central differences', () => {
    tf.tidy(() => {
      const f = (a: tf.Tensor, g: tf.Tensor, b: tf.Tensor): tf.Tensor => batchNormTraining(a, { gamma: g, beta: b, epsilon }).y;
      const [dx, dGamma, dBeta] = tf.grads((a, g, b) => f(a as tf.Tensor, g as tf.Tensor, b as tf.Tensor))(
        [upload(x), upload(gamma), upload(beta)],
        upload(weights),
      );
      const tolerance = { relative: 1e-3, absolute: 1e-3 };
      expectClose(
        dx as tf.Tensor,
        centralDifferences(v => weighted(reference(v).y), x.data),
        tolerance,
      );
      expectClose(
        dGamma as tf.Tensor,
        centralDifferences(g => weighted(reference(x.data, g).y), gamma.data),
        tolerance,
      );
      expectClose(
        dBeta as tf.Tensor,
        centralDifferences(b => weighted(reference(x.data, gamma.data, b).y), beta.data),
        tolerance,
      );
    });
  });
});

describe('batch norm in inference', () => {
  it('uses the given statistics, and has the gradient of that', () => {
    const rng = random(4);
    const shape = [2, 3, 5, 3];
    const x = normal(rng, shape);
    const [mean, gamma, beta] = [normal(rng, [3]), normal(rng, [3]), normal(rng, [3])];
    const variance = uniform(rng, [3], { low: 0.5, high: 2 });
    const scale = Array.from({ length: 3 }, (_, c) => (gamma.data[c] as number) / Math.sqrt((variance.data[c] as number) + epsilon));
    tf.tidy(() => {
      const f = (v: tf.Tensor): tf.Tensor =>
        tf.batchNorm(
          v,
          upload(mean) as tf.Tensor1D,
          upload(variance) as tf.Tensor1D,
          upload(beta) as tf.Tensor1D,
          upload(gamma) as tf.Tensor1D,
          epsilon,
        );
      const y = Array.from(x.data, (v, i) => (v - (mean.data[i % 3] as number)) * (scale[i % 3] as number) + (beta.data[i % 3] as number));
      expectClose(f(upload(x)), y);
      expectClose(
        tf.grad(f)(upload(x)),
        Array.from(x.data, (_, i) => scale[i % 3] as number),
      );
    });
  });
});
