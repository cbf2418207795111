import { tf } from '../../tensor/tf.ts';
import { mixes } from '../channels/rules.ts';
import { type Op, only, withLastAxis } from './op.ts';

/** Probabilities over the last axis: eˣⁱ / Σ eˣʲ. */
export const softmax: Op<'softmax'> = {
  name: 'softmax',
  arity: 1,
  attributes: {},
  inPlace: true,
  infer: inputs => withLastAxis(only(inputs)),
  coupling: mixes('divides by the sum over'),
  forward: ({ inputs }) => tf.softmax(only(inputs)),
};
