import { describe, expect, it } from 'vitest';
import { batchNormWith } from '../../../lib/tensor/batch-norm/batch-norm.ts';
import { composedInference, composedTraining } from '../../../lib/tensor/batch-norm/composed.ts';
import { nativeInference, nativeTraining } from '../../../lib/tensor/batch-norm/native.ts';
import { random, uniform } from '../../../lib/tensor/random.ts';
import { attribute, runOps } from '../../../lib/tensor/run-op.ts';
import { tf } from '../../../lib/tensor/tf.ts';
import { upload } from '../../../lib/tensor/upload.ts';
import { expectClose } from './expect-close.ts';
import { guardAgainstLeaks } from './leak-guard.ts';
import { bits, on, threads, values } from './on-native.ts';

guardAgainstLeaks();

on('batch normalisation', () => {
  const rectifiers = [undefined, 'relu', 'relu6'] as const;
  const shapes = [
    [3, 5, 4, 3],
    [7, 3],
    [4, 5, 3],
    [2, 1, 1, 17],
    [5, 300],
    [33, 7, 256],
    [1000, 8],
    [9, 24],
    [2, 513],
    [50, 100, 16],
  ];
  const channelsOf = (shape: number[]) => {
    const rng = random(5);
    const c = [shape.at(-1) as number];
    return {
      x: values(rng, shape),
      dy: values(rng, shape),
      gamma: upload(uniform(rng, c, { low: -1, high: 2 })),
      beta: values(rng, c),
      mean: values(rng, c),
      variance: upload(uniform(rng, c, { low: 0.5, high: 3 })),
    };
  };

  describe.each(rectifiers)('with the rectifier %s', rectifier => {
    const epsilon = 1e-3;
    it.each(shapes.map(shape => [shape]))('is what TensorFlow composes, x %j', shape => {
      tf.tidy(() => {
        const { x, dy, gamma, beta, mean, variance } = channelsOf(shape);
        const close = { relative: 2e-4, absolute: 2e-4 };
        const ways = [
          [nativeTraining, nativeInference],
          [composedTraining, composedInference],
        ] as const;
        const [got, expected] = ways.map(([training, inference]) => [
          ...training(x, { gamma, beta, epsilon, rectifier }),
          inference(x, { gamma, beta, mean, variance, epsilon, rectifier }),
          ...tf.grads((x, gamma, beta) => training(x as tf.Tensor, { gamma, beta, epsilon, rectifier } as never)[0] as tf.Tensor)(
            [x, gamma, beta],
            dy,
          ),
          ...tf.grads((...[x, gamma, beta, mean, variance]) =>
            inference(x as tf.Tensor, { gamma, beta, mean, variance, epsilon, rectifier } as never),
          )([x, gamma, beta, mean, variance], dy),
        ]) as [tf.Tensor[], tf.Tensor[]];
        for (const [i, tensor] of got.entries()) {
          expect(tensor.shape).toEqual(expected[i]?.shape);
          const scale = Math.max(1, tf.max(tf.abs(expected[i] as tf.Tensor)).dataSync()[0] as number);
          expectClose(tf.div(tensor, scale), tf.div(expected[i] as tf.Tensor, scale).dataSync() as Float32Array, close);
        }
      });
    });
  });

  it('is exact to float32 far from zero, where a sum of squares would have lost everything', () => {
    tf.tidy(() => {
      const x = Float32Array.from({ length: 4000 * 3 }, (_, i) => 30000 + (i % 3) * 7 + ((i * 37) % 101) / 64);
      const options = { gamma: tf.ones([3]), beta: tf.zeros([3]), epsilon: 1e-3, rectifier: 'relu6' } as const;
      const [, mean, variance] = nativeTraining(tf.tensor2d(x, [4000, 3]), options) as [tf.Tensor, tf.Tensor, tf.Tensor];
      for (let c = 0; c < 3; c++) {
        const own = [...x].filter((_, i) => i % 3 === c);
        const middle = own.reduce((a, b) => a + b) / own.length;
        const square = own.reduce((a, b) => a + (b - middle) ** 2, 0) / own.length;
        expect(mean.dataSync()[c]).toBeCloseTo(middle, 2);
        expect(Math.abs((variance.dataSync()[c] as number) / square - 1)).toBeLessThan(1e-4);
      }
    });
  });

  it('keeps NaN and ∞ in their channel, and has no statistics of nothing', () => {
    tf.tidy(() => {
      const x = tf.tensor2d([1, Number.NaN, 3, 2, 5, 3, 4, 6, Number.POSITIVE_INFINITY], [3, 3]);
      const ones = { gamma: tf.ones([3]), beta: tf.zeros([3]), epsilon: 1e-3, rectifier: 'relu6' } as const;
      const [y] = nativeTraining(x, ones) as [tf.Tensor];
      const columns = tf.transpose(y).arraySync() as number[][];
      expect(columns.map(column => column.some(Number.isNaN))).toEqual([false, true, true]);
      const [none, mean] = nativeTraining(tf.zeros([0, 3]), ones) as [tf.Tensor, tf.Tensor];
      expect(none.shape).toEqual([0, 3]);
      expect([...mean.dataSync()]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    });
  });

  it('has nothing to do without channels', () => {
    tf.tidy(() => {
      const [x, none] = [tf.zeros([2, 0]), tf.zeros([0])];
      const options = { gamma: none, beta: none, mean: none, variance: none, epsilon: 1e-3, rectifier: 'relu6' } as const;
      const shapes = (tensors: tf.Tensor[]): number[][] => tensors.map(({ shape }) => shape);
      expect(shapes(nativeTraining(x, options))).toEqual([[2, 0], [0], [0], [0]]);
      expect(nativeInference(x, options).shape).toEqual([2, 0]);
      const gradients = tf.grads((x, gamma, beta) => nativeTraining(x as tf.Tensor, { ...options, gamma, beta } as never)[0] as tf.Tensor);
      expect(shapes(gradients([x, none, none], x))).toEqual([[2, 0], [0], [0]]);
    });
  });

  it('has gradients of gradients where the statistics are given', () => {
    tf.tidy(() => {
      const { x, gamma, beta, mean, variance } = channelsOf([6, 5]);
      const options = { gamma, beta, mean, variance, epsilon: 1e-3 };
      // y² has the first derivative 2 · y · s and the second 2 · s², where s = γ / √(σ² + ε)
      const first = tf.grad(v => tf.sum(tf.square(batchNormWith(v, options))));
      const scale = tf.div(gamma, tf.sqrt(tf.add(variance, 1e-3)));
      const expected = tf.mul(tf.onesLike(x), tf.mul(tf.square(scale), 2));
      expectClose(tf.grad(v => tf.sum(first(v)))(x), expected.dataSync() as Float32Array);
    });
  });

  it('gives the same bits on any number of threads', () => {
    tf.tidy(() => {
      const { x, dy, gamma, beta, mean, variance } = channelsOf([400, 30, 24]);
      const of = (n: number) => [attribute.float('epsilon', 1e-3), attribute.float('low', 0), attribute.float('high', 6), threads(n)];
      const runs = [1, 2, 3].map(n =>
        [
          ...runOps('TinylabBatchNorm', [x, gamma, beta], { attributes: of(n), outputs: 4 }),
          ...runOps('TinylabBatchNormGrad', [dy, x, gamma, beta, mean, variance], { attributes: of(n), outputs: 3 }),
        ].map(bits),
      );
      expect(runs[1]).toEqual(runs[0]);
      expect(runs[2]).toEqual(runs[0]);
    });
  });
});
