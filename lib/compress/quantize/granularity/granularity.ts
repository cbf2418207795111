import type { Shape } from '../../../tensor/shape.ts';
import { perAxis, perGroup, perTensor } from '../../../tensor/tiles.ts';

/** Which values of a weight share a scale: the tile of a shape. */
export interface Granularity {
  /** What messages call it. */
  readonly name: string;
  tile(shape: Shape): Shape;
}

/** One scale for the whole weight. */
export function tensor(): Granularity {
  return Object.freeze({ name: 'tensor', tile: perTensor });
}

/** One scale for each index of an axis; default the last one, the output channels of `conv2d` and `dense`. Krishnamoorthi 2018, section 3.1. */
export function axis(along = -1): Granularity {
  return Object.freeze({ name: `axis ${along}`, tile: (shape: Shape) => perAxis(shape, along) });
}

/** One scale for each `size` neighbours along an axis, of each index of all others; default the second last axis, what an output sums over. */
export function group(size: number, along = -2): Granularity {
  return Object.freeze({ name: `group ${size}`, tile: (shape: Shape) => perGroup(shape, shape.length === 1 ? 0 : along, size) });
}
