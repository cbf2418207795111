import { firstNotFinite } from '../tensor/finite.ts';
import { tf } from '../tensor/tf.ts';

/** weight · value, where a weight of 0 leaves nothing of an infinity: 0 log 0 = 0. NaN stays NaN. Gradients flow to both. */
export function weighted(weight: tf.Tensor, value: tf.Tensor): tf.Tensor {
  const values = value.dataSync();
  if (firstNotFinite(values) < 0) return tf.mul(weight, value);
  const weights = weight.dataSync();
  const nothing = Uint8Array.from(values, (v, i) => Number(weights[i] === 0 && Math.abs(v) === Number.POSITIVE_INFINITY));
  return tf.mul(weight, tf.where(tf.tensor(nothing, value.shape, 'bool'), tf.zeros(value.shape), value));
}
