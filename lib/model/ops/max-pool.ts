import { tf } from '../../tensor/tf.ts';
import { padding, pair } from '../attributes.ts';
import { bordersOf, slide, type Window } from '../window.ts';
import { type Op, ofRank, only } from './op.ts';

export type PoolAttributes = Pick<Window, 'kernelSize' | 'strides' | 'padding'>;

/** Largest value in each window, channel by channel: [h, w, c] → [h', w', c]. The border never wins. */
export const maxPool: Op<PoolAttributes> = {
  name: 'max-pool',
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
    if (border === 'same' || border === 'valid') return tf.maxPool(x, [...kernelSize], [...strides], border);
    const [rows, columns] = bordersOf(x.shape.slice(1), attributes);
    const padded = tf.pad(x, [[0, 0], [...rows], [...columns], [0, 0]], Number.NEGATIVE_INFINITY);
    return tf.maxPool(padded, [...kernelSize], [...strides], 'valid');
  },
};
