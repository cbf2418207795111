import type { Model, Parameter } from '../../../../model/model.ts';
import { realValue } from '../../../../model/real-value.ts';
import { sizeOf } from '../../../../tensor/shape.ts';
import type { ChannelAxis, ChannelGroup } from '../../graph/groups.ts';
import { channelAt } from '../along-axis.ts';
import type { ChannelImportance } from './importance.ts';

export interface NormOptions {
  /** Order of the norm: 1 or 2, or any other ≥ 1. Default 2. */
  readonly p?: number;
  /**
   * Whose weights count: `out`, the filters that make a channel (Li et al. 2017); `in`, the weights of the next layers that read it; `all`, both,
   * and the depthwise kernels between. Default `out`.
   */
  readonly of?: 'out' | 'in' | 'all';
}

/**
 * Norm of the weights of each channel: (Σ |w|ᵖ)^(1/p) over the kernels of the group, on the side that `of` names. Depthwise kernels count with
 * the filters. Biases and batch norm do not count. Li et al. 2017.
 * @example
 * const small = pruneChannels(vgg(), { ratio: 0.3, importance: channelNorm({ p: 1, of: 'in' }) });
 */
export function channelNorm(options: NormOptions = {}): ChannelImportance {
  const { p = 2, of = 'out' } = options;
  return (model, group) => {
    const sums = new Float64Array(group.channels);
    for (const member of kernelsOf(group, of)) addPowers(sums, { model, member, p });
    return sums.map(sum => sum ** (1 / p));
  };
}

const powers: Readonly<Record<number, (w: number) => number>> = { 1: Math.abs, 2: w => w * w };

/** The axes of kernels on one side of a group, or on both. */
export function kernelsOf({ members }: ChannelGroup, of: 'out' | 'in' | 'all'): readonly ChannelAxis[] {
  const reads = (side: ChannelAxis['side']): boolean => side === 'in';
  return members.filter(({ role, side }) => role === 'kernel' && (of === 'all' || (of === 'in') === reads(side)));
}

/** A trailing axis is summed row by row, another one in runs: the two orders in which the values lie in memory. */
function addPowers(sums: Float64Array, { model, member, p }: { model: Model; member: ChannelAxis; p: number }): void {
  const { shape, data } = realValue(model.parameters[member.parameter] as Parameter);
  const channels = channelAt(shape[member.axis] as number, member);
  const inner = sizeOf(shape.slice(member.axis + 1));
  const ofAxis = new Float64Array(channels.length);
  const power = powers[p] ?? (w => Math.abs(w) ** p);
  for (let start = 0; start < data.length; ) {
    for (let position = 0; position < ofAxis.length; position++) {
      let sum = ofAxis[position] as number;
      for (const end = start + inner; start < end; start++) sum += power(data[start] as number);
      ofAxis[position] = sum;
    }
  }
  for (let position = 0; position < channels.length; position++) {
    const channel = channels[position] as number;
    if (channel >= 0) sums[channel] = (sums[channel] as number) + (ofAxis[position] as number);
  }
}
