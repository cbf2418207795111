import { tf } from '../../../tensor/tf.ts';

/** What stands for the derivative of a function that has none: its slope at each x, of x's shape. */
export type Slope = (x: tf.Tensor) => tf.Tensor;

/**
 * y = forward(x), with the gradient ∂L/∂x = ∂L/∂y · slope(x): the straight-through estimator. Without a slope it is 1 everywhere, as if y were x.
 * `forward` keeps the shape; nothing flows back through it. To be called inside a tidy. Bengio et al. 2013.
 * @example
 * const slopes = tf.tidy(() => [...tf.grad(x => straightThrough(x, tf.round, slopeWithin(-1, 1)).sum())(tf.tensor1d([-1.2, 0.4, 1])).dataSync()]);
 * slopes; // → [0, 1, 1]
 */
export function straightThrough(x: tf.Tensor, forward: (x: tf.Tensor) => tf.Tensor, slope?: Slope): tf.Tensor {
  const through = tf.customGrad((...args: (tf.Tensor | tf.GradSaveFunc)[]) => {
    const [value, save] = args as [tf.Tensor, tf.GradSaveFunc];
    const y = forward(value);
    save(slope ? [slope(value)] : []);
    return { value: y, gradFunc: (dy, [factor]) => (factor ? tf.mul(dy as tf.Tensor, factor) : (dy as tf.Tensor)) };
  });
  return through(x);
}

/** The slope of clip(x, low, high): 1 from low to high, both ends included, and 0 outside and for NaN. */
export function slopeWithin(low: number, high: number): Slope {
  return x => tf.logicalAnd(tf.greaterEqual(x, low), tf.lessEqual(x, high)).toFloat();
}

/** y = x, with ∂L/∂x = factor · ∂L/∂y: a parameter that learns slower than others. */
export function scaledGradient(x: tf.Tensor, factor: number): tf.Tensor {
  return straightThrough(
    x,
    value => value.clone(),
    value => tf.fill(value.shape, factor),
  );
}
