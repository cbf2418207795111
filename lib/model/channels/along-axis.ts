import { type Shape, sizeOf } from '../../tensor/shape.ts';
import type { ChannelAxis } from './groups.ts';

type Along = Pick<ChannelAxis, 'axis' | 'positions' | 'copies'>;

/** For each index of the axis: the channel of the group that lies there, -1 for other groups'. */
export function channelAt(length: number, { positions, copies }: Along): Int32Array {
  const channels = new Int32Array(length).fill(-1);
  for (let place = 0; place < positions.length; place++) channels[positions[place] as number] = Math.floor(place / copies);
  return channels;
}

/** Calls `visit` with the channel, the value and the flat index of each value that belongs to a channel of the group. */
export function eachWeight(
  { shape, data }: { readonly shape: Shape; readonly data: ArrayLike<number> },
  along: Along,
  visit: (channel: number, value: number, index: number) => void,
): void {
  const channels = channelAt(shape[along.axis] as number, along);
  const inner = sizeOf(shape.slice(along.axis + 1));
  for (let start = 0; start < data.length; start += channels.length * inner)
    for (let position = 0; position < channels.length; position++) {
      const channel = channels[position] as number;
      if (channel < 0) continue;
      const from = start + position * inner;
      for (let i = from; i < from + inner; i++) visit(channel, data[i] as number, i);
    }
}
