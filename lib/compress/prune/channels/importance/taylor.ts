import type { Dataset } from '../../../../data/dataset.ts';
import type { Examples } from '../../../../train/examples.ts';
import { gradients } from '../../../../train/gradients.ts';
import type { Loss } from '../../../../train/losses.ts';
import { gateGradient } from './gate-gradient.ts';
import { type ChannelImportance, oncePerModel } from './importance.ts';

/**
 * What the loss changes by, to first order, without a channel: |∂L/∂m| for a gate m = 1 on it, coupled layers added up before the absolute value.
 * L is the mean loss of the examples, which go through in one batch; batch norm uses its running statistics. Molchanov et al. 2019, equation 8.
 */
export function channelTaylor(data: Dataset | Examples, options: { readonly loss?: Loss } = {}): ChannelImportance {
  const gradientsOf = oncePerModel(model => gradients(model, data, { ...options, training: false }));
  return (model, group) => gateGradient(model, group, gradientsOf(model)).map(Math.abs);
}
