import { assertShape, type Shape } from '../../tensor/shape.ts';
import { tf } from '../../tensor/tf.ts';
import { sameOnEverySide } from '../channels/rules.ts';
import type { Op } from './op.ts';

/** Sum of inputs of one shape: the meeting point of a residual connection. */
export const add: Op<'add'> = {
  name: 'add',
  arity: 'many',
  attributes: {},
  infer(inputs) {
    const [first, ...others] = inputs as readonly [Shape, ...Shape[]];
    for (const other of others) assertShape('the inputs to add', first, other);
    return first;
  },
  coupling: sameOnEverySide,
  forward: ({ inputs }) => inputs.reduce((sum, x) => tf.add(sum, x)),
};
