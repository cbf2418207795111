import { tf } from '../../tensor/tf.ts';
import { eachAlone } from '../channels/rules.ts';
import { type PoolAttributes, pooling, poolPadding } from '../pooling.ts';
import { type Op, only } from './op.ts';

/** Largest value in each window, channel by channel: [h, w, c] → [h', w', c]. The border never wins; NaN does. */
export const maxPool: Op<'max-pool', PoolAttributes> = {
  name: 'max-pool',
  ...pooling,
  coupling: eachAlone,
  forward({ inputs, attributes: { kernelSize, strides, padding } }) {
    return tf.maxPool(only(inputs) as tf.Tensor4D, [...kernelSize], [...strides], poolPadding(padding));
  },
};
