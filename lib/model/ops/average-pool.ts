import { tf } from '../../tensor/tf.ts';
import { eachAlone } from '../channels/rules.ts';
import { type PoolAttributes, pooling, poolPadding } from '../pooling.ts';
import { type Op, only } from './op.ts';

/** Mean of each window, channel by channel: [h, w, c] → [h', w', c]. Values of the border are not counted (as TensorFlow does). */
export const averagePool: Op<'average-pool', PoolAttributes> = {
  name: 'average-pool',
  ...pooling,
  coupling: eachAlone,
  forward({ inputs, attributes: { kernelSize, strides, padding } }) {
    return tf.avgPool(only(inputs) as tf.Tensor4D, [...kernelSize], [...strides], poolPadding(padding));
  },
};
