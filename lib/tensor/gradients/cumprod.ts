import { registerGradient } from '../register.ts';
import { tf } from '../tfjs.ts';

interface Attributes {
  readonly axis: number;
  readonly exclusive: boolean;
  readonly reverse: boolean;
}

/**
 * The gradient reaching x_k is (Π_{j<k} x_j) · r_k, where r sums dy over all later products without x_k: r_k = dy_k + x_{k+1} r_{k+1}
 * (exclusive: r_k = dy_{k+1} + x_{k+1} r_{k+1}). No division, so zeros in x do no harm.
 */
function gradient(dy: tf.Tensor, x: tf.Tensor, { axis, exclusive }: Attributes): tf.Tensor {
  const factors = tf.unstack(x, axis);
  const incoming = tf.unstack(dy, axis);
  const sums: tf.Tensor[] = [];
  for (let k = factors.length - 1; k >= 0; k--) {
    const own = exclusive ? incoming[k + 1] : incoming[k];
    const later = sums[0] && tf.mul(factors[k + 1] as tf.Tensor, sums[0]);
    sums.unshift(own && later ? tf.add(own, later) : (own ?? tf.zerosLike(incoming[k] as tf.Tensor)));
  }
  return tf.mul(tf.cumprod(x, axis, true), tf.stack(sums, axis));
}

registerGradient<tf.Tensor, Attributes>('Cumprod', { inputs: ['x'] }, (dy, saved, attributes) => {
  const x = saved[0] as tf.Tensor;
  const { axis, reverse } = attributes;
  const turned = (t: tf.Tensor): tf.Tensor => (reverse ? tf.reverse(t, axis) : t);
  return { x: () => turned(gradient(turned(dy), turned(x), attributes)) };
});
