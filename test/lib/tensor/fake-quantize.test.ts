import { describe, expect, test } from 'vitest';
import { fakeQuantize } from '../../../lib/tensor/fake-quantize.ts';
import { tensorCount } from '../../../lib/tensor/scope.ts';
import { tf } from '../../../lib/tensor/tf.ts';

interface Point {
  readonly x: readonly number[];
  readonly scale?: number;
  readonly zero?: number;
}

const [low, high] = [-8, 7];

/** y and the gradients of Σ dy · y, for dy = 1, 2, 3 … */
function at({ x, scale = 0.5, zero = 0 }: Point): { y: number[]; dx: number[]; ds: number; dz: number } {
  return tf.tidy(() => {
    const weights = tf.tensor1d(x.map((_, i) => i + 1));
    const f = (value: tf.Tensor, s: tf.Tensor, z: tf.Tensor): tf.Tensor => fakeQuantize(value, { scale: s, zeroPoint: z, low, high });
    const [values, s, z] = [tf.tensor1d([...x]), tf.tensor1d([scale]), tf.tensor1d([zero])];
    const [dx, ds, dz] = tf.grads(
      (...all) =>
        f(...(all as [tf.Tensor, tf.Tensor, tf.Tensor]))
          .mul(weights)
          .sum() as tf.Scalar,
    )([values, s, z]);
    const list = (t?: tf.Tensor): number[] => [...(t?.dataSync() ?? [])];
    return { y: list(f(values, s, z)), dx: list(dx), ds: list(ds)[0] as number, dz: list(dz)[0] as number };
  });
}

describe('fakeQuantize', () => {
  test('halves go to the even side, what lies outside to the border', () => {
    expect(at({ x: [0.25, 0.75, -0.25, 3.6, 100, -100] }).y).toEqual([0, 1, 0, 3.5, 3.5, -4]);
    expect(at({ x: [0.25, -3, 100], zero: 3 }).y).toEqual([0, -3, 2]);
  });

  test('a zero point between two whole numbers is rounded, so 0 stays exactly 0', () => {
    expect(at({ x: [0, 0.5], zero: 2.4 }).y).toEqual([0, 0.5]);
  });

  test('inside the slope is 1, and the scale gets what rounding added; at a border it gets the border', () => {
    // steps 0.6, 1.4 → 1, 1; 20 → 7 (clipped)
    const { dx, ds, dz } = at({ x: [0.3, 0.7, 10] });
    expect(dx).toEqual([1, 2, 0]);
    expect(ds).toBeCloseTo(1 * (1 - 0.6) + 2 * (1 - 1.4) + 3 * 7, 5);
    expect(dz).toBeCloseTo(3 * -0.5, 6);
  });

  test('a value that rounds onto the border is inside', () => {
    expect(at({ x: [3.5, 3.74, 3.76, -4, -4.24, -4.26] }).dx).toEqual([1, 2, 0, 4, 5, 0]);
  });

  test('in the middle of a step the estimator equals the slope of y over a whole step', () => {
    const rise = ((at({ x: [1.5] }).y[0] as number) - (at({ x: [-1.5] }).y[0] as number)) / 3;
    expect(rise).toBe(at({ x: [0] }).dx[0]);
  });

  test('NaN and infinities keep their kind of wrong', () => {
    const { y, dx } = at({ x: [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY] });
    expect(y).toEqual([Number.NaN, 3.5, -4]);
    expect(dx).toEqual([0, 0, 0]);
  });

  test('a scale for each index of the last axis gets the sum over its own values; nothing leaks', () => {
    const before = tensorCount();
    const ds = tf.tidy(() => {
      const x = tf.tensor2d([
        [0.3, 3],
        [0.3, 100],
      ]);
      const f = (s: tf.Tensor): tf.Scalar => fakeQuantize(x, { scale: s, zeroPoint: tf.zeros([2]), low, high }).sum();
      return [
        ...tf
          .grad(s => f(s))(tf.tensor1d([1, 2]))
          .dataSync(),
      ];
    });
    // column 0: steps 0.3 → 0, twice; column 1: 1.5 → 2 and 50 → 7
    expect(ds).toEqual([expect.closeTo(-0.6, 5), expect.closeTo(0.5 + 7, 5)]);
    expect(tensorCount()).toBe(before);
  });
});
