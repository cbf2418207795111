import { eachWeight } from '../../../../model/channels/along-axis.ts';
import type { ChannelGroup } from '../../../../model/channels/groups.ts';
import type { Model, Parameter } from '../../../../model/model.ts';
import { realValue } from '../../../../model/real-value.ts';
import type { NDArray } from '../../../../tensor/array.ts';

/**
 * ∂L/∂m at m = 1 for a gate m on each channel of a group, from the gradients of the weights: the layers that read the channel are linear in it,
 * so ∂L/∂m = Σ g · w over all weights that read it, in every coupled layer. No gate need be built.
 */
export function gateGradient(model: Model, group: ChannelGroup, gradients: Readonly<Record<string, NDArray>>): Float64Array {
  const sums = new Float64Array(group.channels);
  for (const member of group.members) {
    if (member.side !== 'in') continue;
    const { data } = realValue(model.parameters[member.parameter] as Parameter);
    eachWeight(gradients[member.parameter] as NDArray, member, (channel, g, i) => {
      sums[channel] = (sums[channel] as number) + g * (data[i] as number);
    });
  }
  return sums;
}
