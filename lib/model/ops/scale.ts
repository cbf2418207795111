import { tf } from '../../tensor/tf.ts';
import { eachWith } from '../channels/rules.ts';
import { constant } from '../initial.ts';
import { type Op, only, withLastAxis } from './op.ts';

/** A trained factor for each channel: y = x · scale over the last axis; 1 at first. Gates of pruning, LayerScale (Touvron et al. 2021). */
export const scale: Op<'scale'> = {
  name: 'scale',
  arity: 1,
  attributes: {},
  inPlace: true,
  infer: inputs => withLastAxis(only(inputs)),
  parameters: inputs => ({ scale: { shape: [only(inputs).at(-1) ?? 1], trainable: true, initial: constant(1) } }),
  coupling: eachWith('scale'),
  forward: ({ inputs, parameters }) => tf.mul(only(inputs), parameters.scale as tf.Tensor),
};
