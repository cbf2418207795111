import type { Model } from '../../../model/model.ts';
import { LabError } from '../../../tensor/errors.ts';
import type { TrainingHooks } from '../../../train/hooks.ts';
import { l1Penalty } from '../schedule/penalties.ts';

/**
 * Training with an L1 penalty on every batch norm's γ: L + λ Σ |γ|, by adding its subgradient λ · sign(γ). It pushes the scales of channels that the
 * network can do without towards 0; `batchNormScale` then tells them apart. Liu et al. 2017, equation 1 (λ of 1e-4 to 1e-5 on CIFAR-10).
 * @throws LabError `prune/strength` for a negative λ, `prune/batch-norm` for a model without batch norm.
 * @example
 * const hooks = slimming(vgg(), { strength: 1e-3 });
 */
export function slimming(model: Model, options: { readonly strength: number }): TrainingHooks {
  const scales = model.nodes.filter(({ op }) => op === 'batch-norm').map(({ parameters }) => parameters.gamma as string);
  if (scales.length === 0)
    throw new LabError('prune/batch-norm', `Model ${model.name} has no batch norm to slim.`, 'Use a network with batch norm.');
  return l1Penalty({ strength: options.strength, parameters: scales });
}
