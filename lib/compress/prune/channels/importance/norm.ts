import type { Model, Parameter } from '../../../../model/model.ts';
import { realValue } from '../../../../model/real-value.ts';
import { sizeOf } from '../../../../tensor/shape.ts';
import type { ChannelAxis, ChannelGroup } from '../../graph/groups.ts';
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

/** The axes of kernels on one side of a group, or on both. */
export function kernelsOf({ members }: ChannelGroup, of: 'out' | 'in' | 'all'): readonly ChannelAxis[] {
  const reads = (side: ChannelAxis['side']): boolean => side === 'in';
  return members.filter(({ role, side }) => role === 'kernel' && (of === 'all' || (of === 'in') === reads(side)));
}

function addPowers(sums: Float64Array, { model, member, p }: { model: Model; member: ChannelAxis; p: number }): void {
  eachWeight(realValue(model.parameters[member.parameter] as Parameter), member, (channel, i, data) => {
    const weight = data[i] as number;
    sums[channel] = (sums[channel] as number) + (p === 2 ? weight * weight : Math.abs(weight) ** p);
  });
}

/** Calls `visit` with each weight of the group along an axis and its channel. */
export function eachWeight(
  { shape, data }: { readonly shape: readonly number[]; readonly data: ArrayLike<number> },
  { axis, positions, copies }: ChannelAxis,
  visit: (channel: number, i: number, data: ArrayLike<number>) => void,
): void {
  const length = shape[axis] as number;
  const inner = sizeOf(shape.slice(axis + 1));
  const channelAt = new Int32Array(length).fill(-1);
  for (const [place, position] of positions.entries()) channelAt[position] = Math.floor(place / copies);
  for (let i = 0; i < data.length; i++) {
    const channel = channelAt[Math.floor(i / inner) % length] as number;
    if (channel >= 0) visit(channel, i, data);
  }
}
