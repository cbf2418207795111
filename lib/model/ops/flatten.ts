import { sizeOf } from '../../tensor/shape.ts';
import { reshaped } from '../channels/rules.ts';
import { readsAll } from '../places.ts';
import { type Op, only } from './op.ts';

/** One axis in place of all: [h, w, c] → [h · w · c], row-major. */
export const flatten: Op<'flatten'> = {
  name: 'flatten',
  arity: 1,
  attributes: {},
  inPlace: true,
  reads: readsAll,
  infer: inputs => [sizeOf(only(inputs))],
  coupling: reshaped,
  forward: ({ inputs }) => only(inputs).reshape([only(inputs).shape[0] as number, sizeOf(only(inputs).shape.slice(1))]),
};
