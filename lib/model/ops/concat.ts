import { LabError } from '../../tensor/errors.ts';
import { assertShape, type Shape } from '../../tensor/shape.ts';
import { tf } from '../../tensor/tf.ts';
import { integer } from '../attributes.ts';
import { sameOnEverySide } from '../channels/rules.ts';
import { eachPlace } from '../places.ts';
import type { Op } from './op.ts';

/** `axis` counts without the batch; negative ones count from the end. */
export type ConcatAttributes = { readonly axis: number };

function axisOf(rank: number, { axis }: ConcatAttributes): number {
  const positive = axis < 0 ? rank + axis : axis;
  if (positive >= 0 && positive < rank) return positive;
  throw new LabError('model/axis', `Axis ${axis} is no axis of inputs with ${rank} axes.`, 'Axes count from 0, or from -1 at the end.');
}

/** Inputs one after the other along an axis (the channels, by default); the other axes must agree. */
export const concat: Op<'concat', ConcatAttributes> = {
  name: 'concat',
  arity: 'many',
  attributes: { axis: integer },
  infer(inputs, attributes) {
    const [first] = inputs as readonly [Shape, ...Shape[]];
    const axis = axisOf(first.length, attributes);
    for (const other of inputs) assertShape('the inputs to concat, the axis left out', first.toSpliced(axis, 1), other.toSpliced(axis, 1));
    return first.with(
      axis,
      inputs.reduce((sum, shape) => sum + (shape[axis] as number), 0),
    );
  },
  /** Along rows or columns each input has places of its own; those before the first and after the last go on beyond it. */
  reads(places, { inputs, output, attributes, which }) {
    const joined = output.length === 3 ? axisOf(3, attributes) : 2;
    const before = inputs.slice(0, which).reduce((sum, shape) => sum + (shape[joined] as number), 0);
    const size = (inputs[which] as Shape)[joined] as number;
    const own = (place: number): boolean => (which === 0 || place >= 0) && (which === inputs.length - 1 || place < size);
    return eachPlace(places, (place, axis) => (axis === joined ? [place - before].filter(own) : [place]));
  },
  repeats: ({ axis }) => (axis === -1 || axis > 1 ? 1 : Number.POSITIVE_INFINITY),
  /** Along the channels the inputs stand side by side; along another axis their channels are the same. */
  coupling: {
    couple(context) {
      const { inputs, output } = context;
      const axis = context.attributes.axis as number;
      if (axis !== -1 && axis !== output.length - 1) return sameOnEverySide.couple(context);
      return Int32Array.from(inputs.flatMap(channels => [...channels]));
    },
  },
  forward: ({ inputs, attributes }) => tf.concat([...inputs], axisOf((inputs[0] as tf.Tensor).rank - 1, attributes) + 1),
};
