import { registerGradient } from '../register.ts';
import { tf } from '../tfjs.ts';

// As in tfjs, where the ones come from JavaScript one by one and are copied to TensorFlow: 2 ms for a million. TensorFlow fills memory itself.

/** dy of a reduction in the shape that it was reduced from. */
export function spread(dy: tf.Tensor, shape: readonly number[], axis: number | readonly number[] | undefined): tf.Tensor {
  const axes = tf.util.parseAxisParam(axis as number | number[], [...shape]);
  const kept = shape.map((size, i) => (axes.includes(i) ? 1 : size));
  return tf.mul(tf.reshape(dy, kept), tf.fill([...shape], 1));
}

registerGradient<tf.Tensor, { axis?: number | number[] }>('Sum', { inputs: ['x'] }, (dy, [x], { axis }) => ({
  x: () => spread(dy, (x as tf.Tensor).shape, axis),
}));
