import { perGroup } from '../../../tensor/tiles.ts';
import { axisOf } from './axis.ts';
import { type Granularity, tiled } from './granularity.ts';

/**
 * Vectors along one axis (negative counts from the end): [kh, kw, in, out], axis 1 → tiles [1, kw, 1, 1], the rows of each kernel. Mao et al. 2017.
 * @throws LabError `prune/axis` for a weight without that axis.
 */
export function vector(axis: number): Granularity {
  return tiled(`vector(${axis})`, shape => {
    const along = axisOf(shape, axis);
    return perGroup(shape, along, Math.max(1, shape[along] as number));
  });
}
