import { batchNormTraining, batchNormWith, type Rectifier } from '../../tensor/batch-norm/batch-norm.ts';
import type { Shape } from '../../tensor/shape.ts';
import type { tf } from '../../tensor/tf.ts';
import { real } from '../attributes.ts';
import { eachWith } from '../channels/rules.ts';
import { constant } from '../initial.ts';
import { type Op, only, withLastAxis } from './op.ts';

export type BatchNormAttributes = { readonly epsilon: number; readonly momentum: number };

/**
 * Batch normalisation over the last axis: y = γ · (x - μ) / √(σ² + ε) + β. In training μ, σ² are the batch's own and the running ones move by
 * mean ← momentum · mean + (1 - momentum) · μ and variance ← momentum · variance + (1 - momentum) · σ² n / (n - 1), with n values for each channel: the
 * unbiased variance, as in PyTorch and TensorFlow. A batch of one value for each channel has none, and moves neither. Otherwise the running ones are
 * used. Ioffe and Szegedy 2015.
 */
export const batchNorm: Op<'batch-norm', BatchNormAttributes> = {
  name: 'batch-norm',
  arity: 1,
  attributes: { epsilon: real, momentum: real },
  inPlace: true,
  alongWith: ['relu', 'relu6'] satisfies Rectifier[],
  infer: inputs => withLastAxis(only(inputs)),
  parameters(inputs) {
    const shape: Shape = [only(inputs).at(-1) ?? 1];
    return {
      gamma: { shape, trainable: true, initial: constant(1) },
      beta: { shape, trainable: true, initial: constant(0) },
      mean: { shape, trainable: false, initial: constant(0) },
      variance: { shape, trainable: false, initial: constant(1) },
    };
  },
  coupling: eachWith('gamma', 'beta', 'mean', 'variance'),
  forward({ inputs, parameters, attributes: { epsilon, momentum }, training, along, onStatistic }) {
    const x = only(inputs);
    const { gamma, beta, mean, variance } = parameters as Record<'gamma' | 'beta' | 'mean' | 'variance', tf.Tensor1D>;
    const rectifier = along as Rectifier | undefined;
    if (!training) return batchNormWith(x, { mean, variance, gamma, beta, epsilon, rectifier });
    const batch = batchNormTraining(x, { gamma, beta, epsilon, rectifier });
    const kept = x.size > (x.shape.at(-1) as number) ? momentum : 1;
    onStatistic?.('mean', batch.mean, kept);
    onStatistic?.('variance', kept === 1 ? batch.variance : batch.unbiasedVariance, kept);
    return batch.y;
  },
};
