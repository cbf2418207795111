import { tf } from './tf.ts';

/**
 * +1 where x ≥ 0 and -1 elsewhere, NaN for NaN. Its gradient is that of a straight-through estimator, clip(x, -1, 1) in its place: ∂y/∂x = 1 for |x| ≤ 1, and
 * 0 beyond. Courbariaux et al. 2016, equations 1 and 4.
 */
export function signThrough(x: tf.Tensor): tf.Tensor {
  const through = tf.customGrad((...args: (tf.Tensor | tf.GradSaveFunc)[]) => {
    const [value, save] = args as [tf.Tensor, tf.GradSaveFunc];
    save([value]);
    return { value: signOf(value), gradFunc: (dy, [saved]) => tf.mul(dy as tf.Tensor, within1(saved as tf.Tensor)) };
  });
  return through(x);
}

/** +1 where x ≥ 0 and -1 elsewhere, NaN for NaN: `tf.sign` has 0 for 0. */
export function signOf(x: tf.Tensor): tf.Tensor {
  return tf.sub(tf.mul(tf.step(x, 0), 2), 1).add(tf.mul(tf.equal(x, 0).toFloat(), 2));
}

/** 1 for |x| ≤ 1, 0 beyond and for NaN. */
export function within1(x: tf.Tensor): tf.Tensor {
  return tf.lessEqual(tf.abs(x), 1).toFloat();
}
