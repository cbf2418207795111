import { registerGradient } from '../register.ts';
import { sizeOf } from '../shape.ts';
import { tf } from '../tfjs.ts';

// The largest values hand their gradient to the places they came from; the indices have none.
registerGradient<tf.Tensor[], object>('TopK', { inputs: ['x'], outputs: [false, true] }, (dys, saved) => {
  const [x, indices] = saved as [tf.Tensor, tf.Tensor];
  return {
    x: () => {
      const width = x.shape.at(-1) as number;
      const rows = sizeOf(x.shape) / width;
      const first = tf.reshape(tf.range(0, rows * width, width, 'int32'), [rows, 1]);
      const places = tf.add(tf.reshape(indices, [rows, -1]), first);
      const values = tf.reshape(dys[0] as tf.Tensor, [-1]);
      return tf.reshape(tf.scatterND(tf.reshape(places, [-1, 1]), values, [rows * width]), x.shape);
    },
  };
});
