import { isArray, type NDArray, type TypedArray } from '../../tensor/array.ts';
import { LabError } from '../../tensor/errors.ts';

/** Numbers to plot: a list, a typed array, or an array of the library, which is read in row-major order. */
export type Values = readonly number[] | TypedArray | Float64Array | NDArray;

/** One unnamed series, or several by name, drawn in the order of their keys. */
export type SeriesOf<T> = T | Readonly<Record<string, T>>;

/** The numbers as a plain list. NaN and ±Infinity become null, which is drawn as a gap. */
export function numbers(values: Values): (number | null)[] {
  if (isArray(values) && values.dtype === 'int4') {
    throw new LabError('plot/int4', 'A packed int4 array cannot be plotted: each stored byte holds two values.', 'Unpack it first.');
  }
  return Array.from(isArray(values) ? values.data : values, v => (Number.isFinite(v) ? v : null));
}

/** Tells whether a value is one series rather than a record of series. */
export const isValues = (value: unknown): value is Values => Array.isArray(value) || ArrayBuffer.isView(value) || isArray(value);

/**
 * The series by name; a single unnamed one has the name ''.
 * @throws LabError `plot/empty` when there is nothing to draw.
 */
export function seriesOf<T>(input: SeriesOf<T>, isOne: (value: unknown) => boolean): [string, T][] {
  const series: [string, T][] = isOne(input) ? [['', input as T]] : Object.entries(input as Readonly<Record<string, T>>);
  if (series.length === 0) {
    throw new LabError('plot/empty', 'A plot got no series.', 'Give it values, or an object such as { loss: [0.9, 0.5] }.');
  }
  return series;
}
