import { isArray, type NDArray } from '../tensor/array.ts';
import { allClose } from '../tensor/close.ts';
import { sameShape } from '../tensor/shape.ts';
import { describe } from './describe.ts';

/** How near is near: |got - expected| ≤ absolute + relative · |expected|. Both 0 means equal. */
export interface Tolerance {
  /** Share of |expected|. */
  readonly relative: number;
  /** In the unit of the values. */
  readonly absolute: number;
}

export const exact: Tolerance = Object.freeze({ relative: 0, absolute: 0 });

/** Where two values part first (for arrays: where they part most), in words for a person. */
export interface Difference {
  /** `wrong kind`: another type, dtype or shape. */
  readonly kind: 'wrong' | 'wrong kind';
  /** Place inside the value; empty for the value itself. */
  readonly where: string;
  /** What should stand there. */
  readonly expected: string;
  /** What stands there. */
  readonly got: string;
}

/**
 * Compares values of any kind the codec carries; undefined means they agree. NaN and ±Infinity equal only themselves, 0 equals -0, the
 * order of a record's keys does not count, and an array agrees with an array of another dtype that holds the same numbers.
 */
export function difference(got: unknown, expected: unknown, tolerance: Tolerance = exact): Difference | undefined {
  return differ(got, expected, { tolerance, where: '' });
}

interface Place {
  readonly tolerance: Tolerance;
  readonly where: string;
}

function differ(got: unknown, expected: unknown, at: Place): Difference | undefined {
  if (isArray(expected)) return isArray(got) ? differArrays(got, expected, at) : wrongKind(got, expected, at);
  if (kindOf(got) !== kindOf(expected)) return wrongKind(got, expected, at);
  if (typeof expected === 'number') return allClose(got as number, expected, at.tolerance).close ? undefined : wrong(got, expected, at);
  if (typeof expected !== 'object' || expected === null) return Object.is(got, expected) ? undefined : wrong(got, expected, at);
  if (Array.isArray(expected) || ArrayBuffer.isView(expected))
    return differLists(got as ArrayLike<unknown>, expected as ArrayLike<unknown>, at);
  return differRecords(got as Record<string, unknown>, expected as Record<string, unknown>, at);
}

function differArrays(got: NDArray, expected: NDArray, at: Place): Difference | undefined {
  const packed = got.dtype === 'int4' || expected.dtype === 'int4';
  if (!sameShape(got.shape, expected.shape) || (packed && got.dtype !== expected.dtype)) {
    const form = ({ shape, dtype }: NDArray): string => `${dtype} of shape [${shape.join(', ')}]`;
    return { kind: 'wrong kind', where: at.where || 'the shape', expected: form(expected), got: form(got) };
  }
  const { close, worst } = packed ? allClose(got.data, expected.data, at.tolerance) : allClose(got, expected, at.tolerance);
  if (close || !worst) return undefined;
  return wrong(worst.got, worst.expected, { ...at, where: `${at.where}[${worst.index.join(', ')}]` });
}

function differLists(got: ArrayLike<unknown>, expected: ArrayLike<unknown>, at: Place): Difference | undefined {
  for (let i = 0; i < Math.min(got.length, expected.length); i++) {
    const found = differ(got[i], expected[i], { ...at, where: `${at.where}[${i}]` });
    if (found) return found;
  }
  if (got.length === expected.length) return undefined;
  const lengths = { expected: `${expected.length} elements`, got: `${got.length} elements` };
  return { kind: 'wrong', where: at.where || 'the length', ...lengths };
}

function differRecords(got: Record<string, unknown>, expected: Record<string, unknown>, at: Place): Difference | undefined {
  for (const key of Object.keys(expected)) {
    const where = at.where ? `${at.where}.${key}` : key;
    if (!Object.hasOwn(got, key)) return { kind: 'wrong', where, expected: describe(expected[key]), got: 'nothing' };
    const found = differ(got[key], expected[key], { ...at, where });
    if (found) return found;
  }
  const extra = Object.keys(got).find(key => !Object.hasOwn(expected, key));
  return extra === undefined ? undefined : { kind: 'wrong', where: extra, expected: 'nothing', got: describe(got[extra]) };
}

/** The kind of a value as a person would name it. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value !== 'object') return typeof value;
  if (isArray(value)) return 'array';
  if (Array.isArray(value)) return 'list';
  return ArrayBuffer.isView(value) ? value.constructor.name : 'record';
}

const wrong = (got: unknown, expected: unknown, at: Place): Difference => ({
  kind: 'wrong',
  where: at.where,
  expected: describe(expected),
  got: describe(got),
});

const wrongKind = (got: unknown, expected: unknown, at: Place): Difference => ({
  kind: 'wrong kind',
  where: at.where,
  expected: `${kindOf(expected)}: ${describe(expected)}`,
  got: `${kindOf(got)}: ${describe(got)}`,
});
