import { tf } from '../../tensor/tf.ts';
import { eachAlone } from '../channels/rules.ts';
import { type PoolAttributes, pooling } from '../pooling.ts';
import { bordersOf } from '../window.ts';
import { type Op, only } from './op.ts';

/** Largest value in each window, channel by channel: [h, w, c] → [h', w', c]. The border never wins. */
export const maxPool: Op<'max-pool', PoolAttributes> = {
  name: 'max-pool',
  ...pooling,
  coupling: eachAlone,
  forward({ inputs, attributes }) {
    const x = only(inputs) as tf.Tensor4D;
    const { kernelSize, strides, padding: border } = attributes;
    if (border === 'same' || border === 'valid') return tf.maxPool(x, [...kernelSize], [...strides], border);
    const [rows, columns] = bordersOf(x.shape.slice(1), attributes);
    const padded = tf.pad(x, [[0, 0], [...rows], [...columns], [0, 0]], Number.NEGATIVE_INFINITY);
    return tf.maxPool(padded, [...kernelSize], [...strides], 'valid');
  },
};
