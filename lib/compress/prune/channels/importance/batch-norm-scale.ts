import { eachWeight } from '../../../../model/channels/along-axis.ts';
import type { Parameter } from '../../../../model/model.ts';
import { realValue } from '../../../../model/real-value.ts';
import { LabError } from '../../../../tensor/errors.ts';
import type { ChannelImportance } from './importance.ts';

/**
 * |γ| of the batch norm behind each channel, summed over the batch norms of the group: after training with `slimming`, channels that the network
 * can do without have a γ near 0. Liu et al. 2017 (network slimming).
 * @throws LabError `prune/batch-norm` for a group without batch norm.
 */
export function batchNormScale(): ChannelImportance {
  return (model, group) => {
    const scores = new Float64Array(group.channels);
    const scales = group.members.filter(({ op, role }) => op === 'batch-norm' && role === 'gamma');
    if (scales.length === 0)
      throw new LabError('prune/batch-norm', `Group ${group.name} has no batch norm.`, 'Use channelNorm, or leave the group out.');
    for (const member of scales)
      eachWeight(realValue(model.parameters[member.parameter] as Parameter), member, (channel, gamma) => {
        scores[channel] = (scores[channel] as number) + Math.abs(gamma);
      });
    return scores;
  };
}
