import { LabError } from '../../tensor/errors.ts';
import { type Shape, sizeOf } from '../../tensor/shape.ts';
import { shape } from '../attributes.ts';
import { reshaped } from '../channels/rules.ts';
import { readsAll } from '../places.ts';
import { type Op, only } from './op.ts';

export type ReshapeAttributes = { readonly shape: Shape };

/** The same values, row-major, in another shape (without the batch axis). */
export const reshape: Op<'reshape', ReshapeAttributes> = {
  name: 'reshape',
  arity: 1,
  attributes: { shape },
  inPlace: true,
  infer(inputs, attributes) {
    const from = only(inputs);
    if (sizeOf(from) === sizeOf(attributes.shape)) return attributes.shape;
    throw new LabError(
      'model/reshape',
      `[${from}] has ${sizeOf(from)} values, [${attributes.shape}] has ${sizeOf(attributes.shape)}.`,
      'Both must agree.',
    );
  },
  reads: readsAll,
  coupling: reshaped,
  forward: ({ inputs, attributes }) => only(inputs).reshape([only(inputs).shape[0] as number, ...attributes.shape]),
};
