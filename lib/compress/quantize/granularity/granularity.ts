import { resolvedAxis, type Shape } from '../../../tensor/shape.ts';
import { perAxis, perGroup, perTensor } from '../../../tensor/tiles.ts';

/** Which values of a weight share a scale: the tile of a shape. */
export interface Granularity {
  /** What messages call it. */
  readonly name: string;
  /** `channelAxes`: the axes that together count the output channels of the layer that has the weight; default the last one. */
  tile(shape: Shape, channelAxes?: readonly number[]): Shape;
}

/** One scale for the whole weight. */
export function tensor(): Granularity {
  return Object.freeze({ name: 'tensor', tile: (shape: Shape) => perTensor(shape) });
}

/**
 * One scale for each output channel of the layer, whichever axes count them: the last one of `conv2d` and `dense`, the last two of
 * `depthwise-conv2d`, whose last axis alone is often 1 long. Krishnamoorthi 2018, section 3.1.
 * @example
 * channel().tile([3, 3, 16, 1], [2, 3]); // → [3, 3, 1, 1]
 */
export function channel(): Granularity {
  return Object.freeze({
    name: 'channel',
    tile: (shape: Shape, axes: readonly number[] = [-1]) => {
      const counted = axes.map(axis => resolvedAxis(shape, axis));
      return perTensor(shape).map((length, axis) => (counted.includes(axis) ? 1 : length));
    },
  });
}

/**
 * One scale for each index of an axis; default the last one. The last axis of a depthwise kernel is its multiplier, so that `axis(-1)` gives one scale
 * where that is 1: `channel()` knows better.
 */
export function axis(along = -1): Granularity {
  return Object.freeze({ name: `axis ${along}`, tile: (shape: Shape) => perAxis(shape, along) });
}

/** One scale for each `size` neighbours along an axis, of each index of all others; default the second last axis, what an output sums over. */
export function group(size: number, along = -2): Granularity {
  return Object.freeze({ name: `group ${size}`, tile: (shape: Shape) => perGroup(shape, shape.length === 1 ? 0 : along, size) });
}
