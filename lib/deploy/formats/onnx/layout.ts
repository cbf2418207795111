import { type Shape, sizeOf } from '../../../tensor/shape.ts';
import { zerosOf } from '../../element-types.ts';
import { transpose } from '../../integer/shapes.ts';
import type { Constant } from './tensors.ts';

// Programs hold images as [n, h, w, c], ONNX as [n, c, h, w]: within a graph every value of four axes lies that way.

/** Output axis i is input axis order[i]. */
export type Order = readonly number[];

/** [n, h, w, c] → [n, c, h, w]. */
export const channelsSecond: Order = [0, 3, 1, 2];

/** [n, c, h, w] → [n, h, w, c]. */
export const channelsLast: Order = [0, 2, 3, 1];

/** The order in which ONNX holds a value of a program: that of its axes, but for images. */
export function orderOf({ length }: Shape): Order {
  return length === 4 ? channelsSecond : Array.from({ length }, (_, axis) => axis);
}

/** Where an axis of a program's value stands in ONNX. */
export function axisIn(shape: Shape, axis: number): number {
  return orderOf(shape).indexOf(axis);
}

/** A shape with its axes in another order. */
export function reordered<T>(shape: readonly T[], order: Order): readonly T[] {
  return order.map(axis => shape[axis] as T);
}

/** The order that undoes one. */
export function inverse(order: Order): Order {
  return order.map((_, axis) => order.indexOf(axis));
}

/** A constant with its axes in another order. */
export function rearranged({ type, shape, data }: Constant, order: Order): Constant {
  if (order.every((axis, i) => axis === i)) return { type, shape, data };
  const to = { type, shape: reordered(shape, order), data: zerosOf(type, sizeOf(shape)) };
  transpose.run({ inputs: [{ type, shape, data }], outputs: [to], attributes: { permutation: order }, where: 'a constant' });
  return to;
}
