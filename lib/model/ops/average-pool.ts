import { tf } from '../../tensor/tf.ts';
import { eachAlone } from '../channels/rules.ts';
import { type PoolAttributes, pooling } from '../pooling.ts';
import { bordersOf } from '../window.ts';
import { type Op, only } from './op.ts';

/** Mean of each window, channel by channel: [h, w, c] → [h', w', c]. Values of the border are not counted (as TensorFlow does). */
export const averagePool: Op<'average-pool', PoolAttributes> = {
  name: 'average-pool',
  ...pooling,
  coupling: eachAlone,
  forward({ inputs, attributes }) {
    const x = only(inputs) as tf.Tensor4D;
    const { kernelSize, strides, padding: border } = attributes;
    if (border === 'same' || border === 'valid') return tf.avgPool(x, [...kernelSize], [...strides], border);
    const [rows, columns] = bordersOf(x.shape.slice(1), attributes);
    const pooled = (values: tf.Tensor4D): tf.Tensor4D =>
      tf.avgPool(tf.pad(values, [[0, 0], [...rows], [...columns], [0, 0]]), [...kernelSize], [...strides], 'valid');
    return tf.div(pooled(x), pooled(tf.ones([1, x.shape[1], x.shape[2], 1])));
  },
};
