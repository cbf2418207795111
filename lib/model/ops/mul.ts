import { LabError } from '../../tensor/errors.ts';
import type { Shape } from '../../tensor/shape.ts';
import { tf } from '../../tensor/tf.ts';
import type { Labels } from '../channels/channel-sets.ts';
import type { Op } from './op.ts';

/** The shape of both stretched to each other: axes are equal, or one of them is 1. */
function stretched(a: Shape, b: Shape): Shape {
  const fits = a.length === b.length && a.every((length, axis) => length === b[axis] || length === 1 || b[axis] === 1);
  if (fits) return a.map((length, axis) => (length === 1 ? (b[axis] as number) : length));
  throw new LabError(
    'shape/mismatch',
    `The inputs to mul: [${a.join(', ')}] and [${b.join(', ')}] do not fit.`,
    'Axes are equal, or 1. A gate [channels] becomes [1, 1, channels] with reshape.',
  );
}

/** Product of inputs, value by value; an axis of length 1 is stretched to the others' (a gate [1, 1, c] on an image [h, w, c]). */
export const mul: Op<'mul'> = {
  name: 'mul',
  arity: 'many',
  attributes: {},
  infer: inputs => inputs.reduce(stretched),
  /** The same channels on every side; a factor for all channels has none of its own. */
  coupling: {
    couple({ inputs, unite }) {
      const width = Math.max(...inputs.map(({ length }) => length));
      return inputs.filter(({ length }) => length === width).reduce((a, b) => unite(a, b)) as Labels;
    },
  },
  forward: ({ inputs }) => inputs.reduce((product, x) => tf.mul(product, x)),
};
