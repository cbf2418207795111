import { layerNorm as normalised } from '../../tensor/layer-norm.ts';
import type { tf } from '../../tensor/tf.ts';
import { real } from '../attributes.ts';
import { mixes } from '../channels/rules.ts';
import { constant } from '../initial.ts';
import { type Op, only, withLastAxis } from './op.ts';

export type LayerNormAttributes = { readonly epsilon: number };

/** Layer normalisation over the last axis: y = γ · (x - μ) / √(σ² + ε) + β with μ, σ² of each position. Ba, Kiros and Hinton 2016. */
export const layerNorm: Op<'layer-norm', LayerNormAttributes> = {
  name: 'layer-norm',
  arity: 1,
  attributes: { epsilon: real },
  inPlace: true,
  infer: inputs => withLastAxis(only(inputs)),
  parameters(inputs) {
    const shape = [only(inputs).at(-1) ?? 1];
    return {
      gamma: { shape, trainable: true, initial: constant(1) },
      beta: { shape, trainable: true, initial: constant(0) },
    };
  },
  coupling: mixes('normalises over'),
  forward({ inputs, parameters, attributes: { epsilon } }) {
    const { gamma, beta } = parameters as Record<'gamma' | 'beta', tf.Tensor1D>;
    return normalised(only(inputs), { gamma, beta, epsilon });
  },
};
