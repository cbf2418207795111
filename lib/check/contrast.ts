import { isArray } from '../tensor/array.ts';
import { sameShape } from '../tensor/shape.ts';
import type { Contrast } from './report.ts';

const mostElements = 256;

/** Both arrays of a comparison, where a picture of them helps: vectors and matrices of one shape with at most 256 elements. */
export function contrastOf(got: unknown, expected: unknown): Contrast | undefined {
  if (!isArray(got) || !isArray(expected) || !sameShape(got.shape, expected.shape)) return undefined;
  const { shape, data } = expected;
  const packed = got.dtype === 'int4' || expected.dtype === 'int4';
  if (packed || shape.length < 1 || shape.length > 2 || data.length === 0 || data.length > mostElements) return undefined;
  const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
  return { shape: [...shape], expected: Array.from(data, finite), got: Array.from(got.data, finite) };
}
