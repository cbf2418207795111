import type { Shape } from '../../../tensor/shape.ts';
import { tf } from '../../../tensor/tf.ts';

/** Whether maps of these heights and widths can be brought to one size by means over whole windows. */
export function canShrink([height, width]: Shape, [otherHeight, otherWidth]: Shape): boolean {
  const [from, to] = [
    [height, width],
    [otherHeight, otherWidth],
  ] as [[number, number], [number, number]];
  const [large, small] = from[0] * from[1] >= to[0] * to[1] ? [from, to] : [to, from];
  return large.every((size, axis) => size % (small[axis] as number) === 0);
}

/** Maps [n, h, w, c], as means over windows so that they have this height and width, which divide theirs; smaller ones stay as they are. */
export function shrunk(maps: tf.Tensor, height: number, width: number): tf.Tensor {
  const [, h, w] = maps.shape as [number, number, number];
  if (h <= height && w <= width) return maps;
  const window: [number, number] = [h / height, w / width];
  return tf.avgPool(maps as tf.Tensor4D, window, window, 'valid');
}
