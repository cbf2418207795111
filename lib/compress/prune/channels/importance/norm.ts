import { channelAt } from '../../../../model/channels/along-axis.ts';
import type { ChannelAxis, ChannelGroup } from '../../../../model/channels/groups.ts';
import type { Model, Parameter } from '../../../../model/model.ts';
import { realValue } from '../../../../model/real-value.ts';
import { sizeOf } from '../../../../tensor/shape.ts';
import type { ChannelImportance } from './importance.ts';

/** Which norm of which weights. */
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

const powerOf = (w: number, p: number): number => (p === 2 ? w * w : p === 1 ? Math.abs(w) : Math.abs(w) ** p);

/** The axes of kernels on one side of a group, or on both. */
export function kernelsOf({ members }: ChannelGroup, of: 'out' | 'in' | 'all'): readonly ChannelAxis[] {
  const reads = (side: ChannelAxis['side']): boolean => side === 'in';
  return members.filter(({ role, side }) => role === 'kernel' && (of === 'all' || (of === 'in') === reads(side)));
}

function addPowers(sums: Float64Array, { model, member, p }: { model: Model; member: ChannelAxis; p: number }): void {
  const { shape, data } = realValue(model.parameters[member.parameter] as Parameter);
  const ofAxis = new Float64Array(shape[member.axis] as number);
  const inner = sizeOf(shape.slice(member.axis + 1));
  if (inner === 1) addRows(ofAxis, data, p);
  else addRuns(ofAxis, data, { p, inner });
  const channels = channelAt(ofAxis.length, member);
  for (const [position, channel] of channels.entries())
    if (channel >= 0) sums[channel] = (sums[channel] as number) + (ofAxis[position] as number);
}

/** Σ |w|ᵖ for each index of the last axis. Squares go four rows at a time, so that the sums pass through memory a quarter as often. */
function addRows(sums: Float64Array, data: ArrayLike<number>, p: number): void {
  const width = sums.length;
  let start = 0;
  if (p === 2)
    for (; start + 4 * width <= data.length; start += 4 * width)
      for (let i = 0, at = start; i < width; i++, at++) {
        const a = data[at] as number;
        const b = data[at + width] as number;
        const c = data[at + 2 * width] as number;
        const d = data[at + 3 * width] as number;
        sums[i] = (sums[i] as number) + (a * a + b * b + (c * c + d * d));
      }
  for (; start < data.length; start += width)
    for (let i = 0; i < width; i++) sums[i] = (sums[i] as number) + powerOf(data[start + i] as number, p);
}

/** Σ |w|ᵖ for each index of an axis whose values lie `inner` together. */
function addRuns(sums: Float64Array, data: ArrayLike<number>, { p, inner }: { p: number; inner: number }): void {
  for (let from = 0, at = 0; from < data.length; from += inner, at = (at + 1) % sums.length) {
    let sum = 0;
    if (p === 2) for (let i = from; i < from + inner; i++) sum += (data[i] as number) * (data[i] as number);
    else for (let i = from; i < from + inner; i++) sum += powerOf(data[i] as number, p);
    sums[at] = (sums[at] as number) + sum;
  }
}
