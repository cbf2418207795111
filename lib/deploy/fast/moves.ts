import { sizeOf } from '../../tensor/shape.ts';
import { type PasteStep, pastedRows } from '../integer/paste.ts';
import { type SliceStep, slicedPlaces, transposedPlaces } from '../integer/shapes.ts';
import type { Bound, Task, Way } from './step.ts';

/** A border around rows as long as they lie together on both sides. */
export const pad: Way = ({ inputs, outputs, attributes, count }) => {
  const [x, y] = [inputs[0] as Bound, outputs[0] as Bound];
  const { paddings, value } = attributes as unknown as { readonly paddings: readonly number[]; readonly value: number };
  const { shape } = x;
  if (x.constant || shape.length === 0 || x.data.length === 0) return undefined;
  const isPadded = (axis: number): boolean => paddings[2 * axis] !== 0 || paddings[2 * axis + 1] !== 0;
  const inner = Math.max(0, [...shape.keys()].findLastIndex(isPadded));
  const length = sizeOf(shape.slice(inner));
  const step = y.shape.map((_, axis) => sizeOf(y.shape.slice(axis + 1)));
  const start = step.reduce((sum, size, axis) => sum + size * (paddings[2 * axis] as number), 0);
  // the places of the rows of one example, row-major over the axes before `inner`
  let places = [start];
  for (let axis = 0; axis < inner; axis++)
    places = places.flatMap(place => Array.from({ length: shape[axis] as number }, (_, i) => place + i * (step[axis] as number)));
  const target = y.data as Int8Array;
  const size = sizeOf(y.shape);
  const rows = Array.from({ length: count }, (_, n) =>
    places.map((place, i) => {
      const from = (n * places.length + i) * length;
      return { source: x.data.subarray(from, from + length) as Int8Array, place: n * size + place };
    }),
  ).flat();
  return () => {
    target.fill(value);
    for (const { source, place } of rows) target.set(source, place);
  };
};

/** Elements whose places are known beforehand, for one example. */
function gathered(x: Bound, y: Bound, { places, count }: { readonly places: Int32Array; readonly count: number }): Task {
  const [source, target] = [x.data as Int8Array, y.data as Int8Array];
  const size = sizeOf(x.shape);
  return () => {
    for (let n = 0, at = 0; n < count; n++)
      for (let i = 0; i < places.length; i++) target[at++] = source[n * size + (places[i] as number)] as number;
  };
}

export const transpose: Way = ({ inputs, outputs, attributes, count }) => {
  const [x, y] = [inputs[0] as Bound, outputs[0] as Bound];
  if (x.constant) return undefined;
  const places = transposedPlaces(x.shape, (attributes as unknown as { readonly permutation: readonly number[] }).permutation);
  return gathered(x, y, { places, count });
};

export const slice: Way = ({ inputs, outputs, attributes, count }) => {
  const [x, y] = [inputs[0] as Bound, outputs[0] as Bound];
  if (x.constant) return undefined;
  return gathered(x, y, { places: slicedPlaces(x.shape, y.shape, attributes as unknown as SliceStep), count });
};

/** A patch into its canvas, row by row. */
export const paste: Way = ({ inputs, outputs, attributes, count }) => {
  const [canvas, patch, y] = [inputs[0], inputs[1] as Bound, outputs[0] as Bound];
  if (canvas?.constant || patch.constant || y.type === 'int64') return undefined;
  const places = pastedRows(y.shape, patch.shape, (attributes as unknown as PasteStep).at);
  const [from, to] = [patch.data as Int8Array, y.data as Int8Array];
  const [size, length] = [sizeOf(y.shape), sizeOf(patch.shape.slice(2))];
  const rows = Array.from({ length: count * places.length }, (_, i) => ({
    source: from.subarray(i * length, (i + 1) * length),
    place: Math.floor(i / places.length) * size + (places[i % places.length] as number),
  }));
  return () => {
    if (canvas) to.set(canvas.data as Int8Array);
    else to.fill(0);
    for (const { source, place } of rows) to.set(source, place);
  };
};
