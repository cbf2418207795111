import { tf } from '../../../tensor/tf.ts';
import { untaped } from '../../../tensor/untaped.ts';

/** 1 where x is 0 and 0 elsewhere, a constant. */
export const zerosOf = (x: tf.Tensor): tf.Tensor => untaped(() => tf.cast(tf.equal(x, 0), 'float32'));

/** √x for sums of squares x, with no gradient where x is 0. */
export function safeRoot(x: tf.Tensor): tf.Tensor {
  const zeros = zerosOf(x);
  return tf.sub(tf.sqrt(tf.add(x, zeros)), zeros);
}

/** The vectors along an axis, each divided by its length √Σ x²; a vector of zeros stays one. Squares of very small or large numbers do no harm. */
export function unitLength(x: tf.Tensor, axis = -1): tf.Tensor {
  const largest = untaped(() => tf.max(tf.abs(x), axis, true));
  // the result does not depend on the scale, so neither does its gradient know of it
  const scaled = tf.div(x, tf.add(largest, zerosOf(largest)));
  const squared = tf.sum(tf.square(scaled), axis, true);
  return tf.div(scaled, tf.sqrt(tf.add(squared, zerosOf(squared))));
}
