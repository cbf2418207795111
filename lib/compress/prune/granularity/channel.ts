import { perAxis } from '../../../tensor/tiles.ts';
import { axisOf } from './axis.ts';
import { type Granularity, tiled } from './granularity.ts';

/**
 * Whole channels: every weight at one index of `axis` (negative counts from the end). [kh, kw, in, out], axis 3 or -1 (output channels, filters)
 * → tiles [kh, kw, in, 1]; axis 2 or -2 (input channels) → [kh, kw, 1, out]. The array keeps its shape; `pruneChannels` removes channels.
 * @throws LabError `prune/axis` for a weight without that axis.
 */
export function channel(axis: number): Granularity {
  return tiled(`channel(${axis})`, shape => perAxis(shape, axisOf(shape, axis)));
}
