import { LabError } from '../../tensor/errors.ts';
import { tf } from '../../tensor/tf.ts';
import { axes } from '../attributes.ts';
import { firstOf, fixedChannels } from '../channels/rules.ts';
import { readsAll } from '../places.ts';
import { type Op, only } from './op.ts';

export type TransposeAttributes = {
  /** For each axis of the output the axis of the input that it shows, both without the batch. */
  readonly permutation: readonly number[];
};

/** The same values with the axes in another order: output axis i is input axis permutation[i]. */
export const transpose: Op<'transpose', TransposeAttributes> = {
  name: 'transpose',
  arity: 1,
  attributes: { permutation: axes },
  infer(inputs, { permutation }) {
    const shape = only(inputs);
    const sorted = permutation.toSorted((a, b) => a - b);
    if (permutation.length === shape.length && sorted.every((axis, i) => axis === i)) return permutation.map(axis => shape[axis] as number);
    throw new LabError(
      'model/permutation',
      `[${permutation.join(', ')}] is no order of the ${shape.length} axes of [${shape.join(', ')}].`,
      'Name each axis once, from 0, without the batch.',
    );
  },
  reads: readsAll,
  coupling: {
    couple(context) {
      const { permutation } = context.attributes as TransposeAttributes;
      if (permutation.at(-1) === permutation.length - 1) return firstOf(context);
      context.fix(firstOf(context), `${context.id} moves them to another axis`);
      return fixedChannels(context, 'makes them of places');
    },
  },
  forward: ({ inputs, attributes: { permutation } }) => tf.transpose(only(inputs), [0, ...permutation.map(axis => axis + 1)]),
};
