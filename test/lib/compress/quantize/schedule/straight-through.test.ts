import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Slope,
  scaledGradient,
  slopeWithin,
  straightThrough,
} from '../../../../../lib/compress/quantize/schedule/straight-through.ts';
import { tf } from '../../../../../lib/tensor/tf.ts';
import { guardAgainstLeaks } from '../../../tensor/leak-guard.ts';

guardAgainstLeaks();

/** y and ∂(Σ dy · y)/∂x for dy = 1, 2, 3 … */
function at(x: readonly number[], forward: (x: tf.Tensor) => tf.Tensor, slope?: Slope): { y: number[]; dx: number[] } {
  return tf.tidy(() => {
    const upstream = tf.tensor1d(x.map((_, i) => i + 1));
    const f = (value: tf.Tensor): tf.Tensor => straightThrough(value, forward, slope);
    const dx = tf.grad(value => tf.sum(tf.mul(f(value), upstream)))(tf.tensor1d([...x]));
    return { y: [...f(tf.tensor1d([...x])).dataSync()], dx: [...dx.dataSync()] };
  });
}

describe('the straight-through estimator', () => {
  const values = [-2, -1, -0.4, 0.5, 1, 1.0001, 3];

  it('gives what forward gives, and lets all of the gradient through where nothing else is declared', () => {
    expect(at(values, tf.sign).y).toEqual([-1, -1, -1, 1, 1, 1, 1]);
    expect(at(values, tf.sign).dx).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it('lets the upstream gradient through inside, ends included, and 0 outside', () => {
    expect(at(values, tf.sign, slopeWithin(-1, 1)).dx).toEqual([0, 2, 3, 4, 5, 0, 0]);
  });

  it('has no slope at NaN and beyond all numbers', () => {
    const odd = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    expect(at(odd, tf.round, slopeWithin(-1, 1)).dx).toEqual([0, 0, 0]);
  });

  it('multiplies upstream by any declared slope', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -99, max: 99 }), { minLength: 1, maxLength: 9 }), x => {
        const { dx } = at(x, tf.round, v => tf.square(v));
        expect(dx).toEqual(x.map((v, i) => (i + 1) * v * v));
      }),
      { numRuns: 30 },
    );
  });

  it('takes part in longer chains, more than once', () => {
    const slopes = tf.tidy(() => {
      const f = (x: tf.Tensor): tf.Tensor => tf.sum(straightThrough(tf.mul(straightThrough(tf.mul(x, 3), tf.round), 5), tf.round));
      return [
        ...tf
          .grad(f)(tf.tensor2d([[0.1, 0.2]]))
          .dataSync(),
      ];
    });
    expect(slopes).toEqual([15, 15]);
  });

  it('slows a parameter down', () => {
    tf.tidy(() => {
      const { value, grad } = tf.valueAndGrad(x => tf.sum(tf.square(scaledGradient(x, 0.25))))(tf.tensor1d([3, -2]));
      expect([value.dataSync()[0], ...grad.dataSync()]).toEqual([13, 1.5, -1]);
    });
  });
});
