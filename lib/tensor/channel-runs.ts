import type { Shape } from './shape.ts';

/** An array seen as [outer, channels, inner], where what lies in one channel is one tile: element i is of channel ⌊i / inner⌋ mod channels. */
export interface ChannelRuns {
  readonly outer: number;
  readonly channels: number;
  readonly inner: number;
}

/**
 * An array cut into tiles as such runs: one tile, a tile for each index of neighbouring axes, groups that divide the last of them. Channels are
 * counted as tiles are. [3, 3, 16, 32] in tiles [3, 3, 16, 1] is { outer: 144, channels: 32, inner: 1 }. Nothing where tiles lie otherwise, such as
 * [16, 1] in [64, 10], or the array is empty.
 */
export function channelRuns(shape: Shape, tile: Shape): ChannelRuns | undefined {
  const runs = { outer: 1, channels: 1, inner: 1 };
  for (const [axis, length] of shape.entries()) {
    const size = tile[axis] as number;
    if (length === 0 || length % size !== 0) return undefined;
    const [pieces, whole] = [length / size, size];
    if (pieces > 1) {
      // what came before as part of a tile goes on behind this axis
      if (runs.inner > 1) return undefined;
      runs.channels *= pieces;
    }
    if (whole > 1) {
      if (runs.channels > 1) runs.inner *= whole;
      else runs.outer *= whole;
    }
  }
  return runs.channels === 1 ? { outer: 1, channels: 1, inner: runs.outer } : runs;
}
