import { describe, expect, it } from 'vitest';
import { signOf, signThrough, within1 } from '../../../lib/tensor/sign.ts';
import { tf } from '../../../lib/tensor/tf.ts';

const edge = [Number.NEGATIVE_INFINITY, -1.5, -1, -1e-30, -0, 0, 1e-30, 0.3, 1, 1.0001, Number.POSITIVE_INFINITY];

describe('signs', () => {
  it('are +1 for 0 and -0, and NaN for NaN', () => {
    expect(tf.tidy(() => [...signOf(tf.tensor1d(edge)).dataSync()])).toEqual([-1, -1, -1, -1, 1, 1, 1, 1, 1, 1, 1]);
    expect(tf.tidy(() => [...signThrough(tf.tensor1d(edge)).dataSync()])).toEqual([-1, -1, -1, -1, 1, 1, 1, 1, 1, 1, 1]);
    expect(tf.tidy(() => [...signThrough(tf.tensor1d([Number.NaN, 1])).dataSync()])).toEqual([Number.NaN, 1]);
  });

  it('pass gradients of |x| ≤ 1 alone', () => {
    const gradient = tf.tidy(() => [
      ...tf
        .grad(x => tf.sum(tf.mul(signThrough(x), 3)))(tf.tensor1d(edge))
        .dataSync(),
    ]);
    expect(gradient).toEqual([0, 0, 3, 3, 3, 3, 3, 3, 3, 0, 0]);
    expect(tf.tidy(() => [...within1(tf.tensor1d([Number.NaN, 0])).dataSync()])).toEqual([0, 1]);
  });
});
