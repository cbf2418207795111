import { expect, test } from 'vitest';
import { normal, random } from '../../../lib/tensor/random.ts';
import { tf } from '../../../lib/tensor/tf.ts';
import { upload } from '../../../lib/tensor/upload.ts';
import { guardAgainstLeaks } from './leak-guard.ts';

guardAgainstLeaks();

type Result = { shape: number[]; data: number[] };
type Op = (...inputs: tf.Tensor[]) => tf.Tensor;

/** Value and gradients of an op at drawn inputs. */
function of(op: Op, shapes: readonly (readonly number[])[]): Result[] {
  return tf.tidy(() => {
    const inputs = shapes.map((shape, i) => upload(normal(random(i + 1), shape)));
    const y = op(...inputs);
    const weighted = (...all: tf.Tensor[]): tf.Scalar => tf.sum(tf.mul(op(...all), upload(normal(random(9), y.shape))));
    return [y, ...tf.grads(weighted)(inputs)].map(t => ({ shape: t.shape, data: Array.from(t.dataSync(), v => Math.round(v * 1e4)) }));
  });
}

const zeros = (x: tf.Tensor, ...borders: [number, number][]): tf.Tensor => tf.pad(x, [[0, 0], ...borders, [0, 0]]);

test.each([
  [0, 1, 1],
  [1, 1, 1],
  [2, 1, 1],
  [3, 2, 1],
  [1, 1, 2],
  [2, 1, 3],
])('tf.conv1d with the number %i as padding, stride %i and dilation %i adds that many at both ends', (pad, stride, dilation) => {
  const shapes = [
    [2, 8, 2],
    [3, 2, 4],
  ];
  const chained: Op = (x, f) => (x as tf.Tensor3D).conv1d(f as tf.Tensor3D, stride, pad as never, 'NWC', dilation);
  const direct: Op = (x, f) => tf.conv1d(x as tf.Tensor3D, f as tf.Tensor3D, stride, pad, 'NWC', dilation);
  const expected: Op = (x, f) => tf.conv1d(zeros(x, [pad, pad]) as tf.Tensor3D, f as tf.Tensor3D, stride, 'valid', 'NWC', dilation);
  expect(of(direct, shapes)).toEqual(of(expected, shapes));
  expect(of(chained, shapes)).toEqual(of(expected, shapes));
});

test('tf.conv1d of one sample without a batch axis, and padding in words', () => {
  tf.tidy(() => {
    const [x, f] = [tf.ones<tf.Rank.R2>([8, 2]), tf.ones<tf.Rank.R3>([3, 2, 1])];
    expect(Array.from(tf.conv1d(x, f, 1, 1).dataSync())).toEqual([4, 6, 6, 6, 6, 6, 6, 4]);
    expect(Array.from(tf.conv1d(x, f, 1, 'same').dataSync())).toEqual([4, 6, 6, 6, 6, 6, 6, 4]);
    expect(tf.conv1d(x, f, 1, 'valid').shape).toEqual([6, 1]);
  });
});

const activations = ['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'leakyrelu', 'prelu'] as const;

test.each(activations)(
  'tf.fused.conv2d and depthwiseConv2d with a number, a bias and %s are the three ops one after another',
  activation => {
    const kernel: [number, number] = [1, 3];
    const finish = (y: tf.Tensor, bias: tf.Tensor, slopes: tf.Tensor): tf.Tensor => {
      const z = tf.add(y, bias);
      if (activation === 'prelu') return tf.prelu(z, slopes);
      if (activation === 'leakyrelu') return tf.leakyRelu(z, 0.3);
      return activation === 'linear' ? z : tf[activation](z);
    };
    const options = { strides: [1, 2] as [number, number], pad: 1, activation, leakyreluAlpha: 0.3 };
    const convs = {
      conv2d: [[...kernel, 2, 4], tf.conv2d, tf.fused.conv2d],
      depthwise: [[...kernel, 2, 2], tf.depthwiseConv2d, tf.fused.depthwiseConv2d],
    } as const;
    for (const [shape, plain, fused] of Object.values(convs)) {
      tf.tidy(() => {
        const [x, filter, bias, slopes] = [[2, 5, 6, 2], shape, [4], [4]].map((s, i) => upload(normal(random(i + 1), s))) as [
          tf.Tensor4D,
          tf.Tensor4D,
          tf.Tensor,
          tf.Tensor,
        ];
        const got = fused({ x, filter, bias, ...options, ...(activation === 'prelu' && { preluActivationWeights: slopes }) });
        const expected = finish(plain(zeros(x, [1, 1], [1, 1]) as tf.Tensor4D, filter, [1, 2], 'valid'), bias, slopes);
        expect(got.shape).toEqual([2, 7, 3, 4]);
        expect(Array.from(got.dataSync())).toEqual(Array.from(expected.dataSync(), v => expect.closeTo(v, 4)));
      });
    }
  },
);

test('gradients of the fused convolution with a number', () => {
  const shapes = [[2, 5, 6, 2], [1, 3, 2, 4], [4]];
  const fused: Op = (x, filter, bias) =>
    tf.fused.conv2d({ x: x as tf.Tensor4D, filter: filter as tf.Tensor4D, bias, strides: 1, pad: 1, activation: 'linear' });
  const plain: Op = (x, f, bias) =>
    tf.add(tf.conv2d(zeros(x as tf.Tensor, [1, 1], [1, 1]) as tf.Tensor4D, f as tf.Tensor4D, 1, 'valid'), bias as tf.Tensor);
  expect(of(fused, shapes)).toEqual(of(plain, shapes));
});

test('tf.separableConv2d and tf.pool with a number', () => {
  const shapes = [
    [2, 5, 6, 2],
    [1, 3, 2, 2],
    [1, 1, 4, 3],
  ];
  const separable =
    (pad: number | 'valid', border: number): Op =>
    (x, d, p) =>
      tf.separableConv2d(
        zeros(x as tf.Tensor, [border, border], [border, border]) as tf.Tensor4D,
        d as tf.Tensor4D,
        p as tf.Tensor4D,
        1,
        pad as 'valid',
      );
  expect(of(separable(1, 0), shapes)).toEqual(of(separable('valid', 1), shapes));
  tf.tidy(() => {
    const x = upload(normal(random(1), [2, 5, 6, 2])) as tf.Tensor4D;
    expect(tf.pool(x, [1, 3], 'avg', 1).shape).toEqual([2, 7, 6, 2]);
    expect(tf.pool(x, [3, 2], 'max', 1).shape).toEqual([2, 5, 7, 2]);
  });
});
