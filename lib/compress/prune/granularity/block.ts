import { LabError } from '../../../tensor/errors.ts';
import type { Shape } from '../../../tensor/shape.ts';
import { type Granularity, tiled } from './granularity.ts';

/**
 * Blocks of the last axes: block([4, 4]) on [in, out] → tiles [4, 4], on [kh, kw, in, out] → [1, 1, 4, 4]; smaller ones at the edges.
 * Gray et al. 2017.
 * @throws LabError `prune/block` for sizes that are no positive whole numbers, or more of them than the weight has axes.
 */
export function block(sizes: Shape): Granularity {
  if (sizes.length === 0 || !sizes.every(size => Number.isInteger(size) && size > 0))
    throw refusal(sizes, 'sizes are whole numbers from 1');
  return tiled(`block([${sizes.join(', ')}])`, shape => {
    if (sizes.length > shape.length) throw refusal(sizes, `a weight of shape [${shape.join(', ')}] has ${shape.length} axes`);
    const outer = shape.length - sizes.length;
    return shape.map((length, axis) => (axis < outer ? 1 : Math.min(length, sizes[axis - outer] as number)));
  });
}

function refusal(sizes: Shape, why: string): LabError {
  return new LabError('prune/block', `A block of [${sizes.join(', ')}]: ${why}.`, 'block([4, 4]) makes squares of the last two axes.');
}
