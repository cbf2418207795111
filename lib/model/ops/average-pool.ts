import { tf } from '../../tensor/tf.ts';
import { padding, pair } from '../attributes.ts';
import { bordersOf, slide } from '../window.ts';
import type { PoolAttributes } from './max-pool.ts';
import { type Op, ofRank, only } from './op.ts';

/** Mean of each window, channel by channel: [h, w, c] → [h', w', c]. Values of the border are not counted (as TensorFlow does). */
export const averagePool: Op<PoolAttributes> = {
  name: 'average-pool',
  arity: 1,
  attributes: { kernelSize: pair, strides: pair, padding },
  infer(inputs, attributes) {
    const image = ofRank(3, only(inputs));
    return [...slide(image, attributes), image[2] as number];
  },
  window: (_, attributes) => attributes,
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
