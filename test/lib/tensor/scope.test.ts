import { describe, expect, it } from 'vitest';
import { array } from '../../../lib/tensor/array.ts';
import { scope } from '../../../lib/tensor/scope.ts';
import { tf } from '../../../lib/tensor/tf.ts';
import { guardAgainstLeaks } from './leak-guard.ts';

guardAgainstLeaks();

describe('scope', () => {
  it('keeps what it returns, in lists and objects too', () => {
    const result = scope(() => {
      const lost = tf.ones([3]);
      return { sum: lost.sum(), list: [lost.mul(2)], plain: array([1], [1]) };
    });
    expect(result.sum.dataSync()[0]).toBe(3);
    expect([...(result.list[0] as tf.Tensor).dataSync()]).toEqual([2, 2, 2]);
    tf.dispose([result.sum, ...result.list]);
  });

  it('and tf.tidy do not look for tensors among numbers', () => {
    const numbers = new Float32Array(3);
    let looked = 0;
    Object.defineProperty(numbers, 'seen', { enumerable: true, get: () => ++looked });
    expect(tf.tidy(() => numbers as unknown as undefined)).toBe(numbers);
    expect(scope(() => numbers)).toBe(numbers);
    expect(looked).toBe(0);
    expect(tf.tidy(() => tf.ones([2]).dataSync())).toEqual(Float32Array.of(1, 1));
  });

  it('cleans up after an error', () => {
    expect(() =>
      scope(() => {
        tf.ones([2]);
        throw new Error('inside');
      }),
    ).toThrow('inside');
  });

  it('refuses asynchronous work', () => {
    expect(() => scope(async () => tf.ones([1]))).toThrow(/async function/);
  });
});
