import type { Shape } from '../tensor/shape.ts';
import type { Attributes } from './model.ts';
import { bordersOf, type Pair, type Window } from './window.ts';

/**
 * Rows and columns of an image: [rows, columns]. They go on beyond its border, since borders are not cut. What is no image [height, width, channels]
 * has the one place 0.
 */
export type Places = readonly [ReadonlySet<number>, ReadonlySet<number>];

/** What an op is asked with: which places of which of its inputs some places of its output depend on. */
export interface Sight<A = Attributes> {
  readonly inputs: readonly Shape[];
  readonly output: Shape;
  readonly attributes: A;
  /** Which input. */
  readonly which: number;
}

/** Rows and columns of what has this shape. */
export const extentsOf = (shape: Shape): Pair => (shape.length === 3 ? [shape[0] as number, shape[1] as number] : [1, 1]);

const range = (length: number): ReadonlySet<number> => new Set(Array.from({ length }, (_, i) => i));

/** Every place of what has this shape. */
export function everyPlace(shape: Shape): Places {
  const [rows, columns] = extentsOf(shape);
  return [range(rows), range(columns)];
}

/** Every place of the input, whatever is asked: views of other shape, and sums over the image. */
export const readsAll = (_: Places, { inputs, which }: Sight<never>): Places => everyPlace(inputs[which] as Shape);

/** On each axis, the places that `of` names for each. */
export function eachPlace(places: Places, of: (place: number, axis: 0 | 1) => Iterable<number>): Places {
  const along = (axis: 0 | 1): ReadonlySet<number> => new Set([...places[axis]].flatMap(place => [...of(place, axis)]));
  return [along(0), along(1)];
}

/** What a sliding window sees: row i of the output sees the rows i · s - p₀ + u · d, u = 0 … k - 1. */
export function readsWindow(places: Places, { inputs, attributes }: Sight<Window>): Places {
  const { kernelSize, strides, dilations = [1, 1] } = attributes;
  const borders = bordersOf(inputs[0] as Shape, attributes);
  return eachPlace(places, (place, axis) =>
    Array.from({ length: kernelSize[axis] }, (_, u) => place * strides[axis] - borders[axis][0] + u * dilations[axis]),
  );
}

/** The same places; of an axis of length 1 that was stretched, its one place; and all of an image of which something else was made. */
export function readsSame(places: Places, { inputs, output, which }: Sight<never>): Places {
  const from = inputs[which] as Shape;
  if (from.length === 3 && output.length !== 3) return everyPlace(from);
  const [before, after] = [extentsOf(from), extentsOf(output)];
  return eachPlace(places, (place, axis) => [before[axis] === 1 && after[axis] > 1 ? 0 : place]);
}
