import { tf } from './tfjs.ts';

/** Whether any value is NaN or infinite (or the sum overflows): one pass over the values. */
export function suspect(x: tf.Tensor): boolean {
  return x.dtype === 'float32' && !Number.isFinite(tf.tidy(() => tf.sum(x).dataSync()[0]));
}

/** How the largest values of windows are found. */
export interface Largest {
  /** The native op. */
  readonly pool: (x: tf.Tensor) => tf.Tensor;
  /** Puts a border of this value around the image, where there is one. */
  readonly border?: (x: tf.Tensor, value: number) => tf.Tensor;
  /** Whether a window may lie outside the image altogether. */
  readonly outside?: boolean | undefined;
}

/**
 * The largest value of each window: NaN where the window holds one, -Infinity where it holds nothing else or lies outside the image. TensorFlow's
 * pooling passes NaN over, and starts from the lowest finite number. The native op is asked again only when there is something that is not finite.
 */
export function largest(x: tf.Tensor, { pool, border = image => image, outside = false }: Largest): tf.Tensor {
  const y = pool(border(x, Number.NEGATIVE_INFINITY));
  if (!outside && !suspect(x)) return y;
  const holds = (flags: tf.Tensor): tf.Tensor => tf.greater(pool(border(flags.toFloat(), 0)), 0);
  const known = tf.where(holds(tf.greater(x, Number.NEGATIVE_INFINITY)), y, tf.fill(y.shape, Number.NEGATIVE_INFINITY));
  return tf.where(holds(tf.isNaN(x)), tf.fill(y.shape, Number.NaN), known);
}

/** NaN as the largest of all and -Infinity above the border's, so that a native gradient finds the place that `largest` took. */
export function ranked(x: tf.Tensor): tf.Tensor {
  if (!suspect(x)) return x;
  return tf.where(tf.isNaN(x), tf.fill(x.shape, Number.POSITIVE_INFINITY), tf.maximum(x, -3.4e38));
}
