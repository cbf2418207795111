import { assertShape, type Shape } from '../../tensor/shape.ts';
import { tf } from '../../tensor/tf.ts';
import type { Op } from './op.ts';

/** Sum of inputs of one shape: the meeting point of a residual connection. */
export const add: Op = {
  name: 'add',
  arity: 'many',
  attributes: {},
  infer(inputs) {
    const [first, ...others] = inputs as readonly [Shape, ...Shape[]];
    for (const other of others) assertShape('the inputs to add', first, other);
    return first;
  },
  forward: ({ inputs }) => inputs.reduce((sum, x) => tf.add(sum, x)),
};
