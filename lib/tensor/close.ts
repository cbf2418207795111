import type { NDArray } from './array.ts';
import { LabError } from './errors.ts';
import { type Shape, sameShape } from './shape.ts';

/** The outcome of a comparison. `worst` is the element furthest beyond the tolerance; values that differ in kind (NaN, ±∞) come first. */
export interface Closeness {
  readonly close: boolean;
  readonly worst?: { readonly index: readonly number[]; readonly got: number; readonly expected: number; readonly difference: number };
  readonly message: string;
}

type Comparable = NDArray | ArrayLike<number> | number;

interface Values {
  readonly shape: Shape;
  readonly data: ArrayLike<number>;
}

function valuesOf(value: Comparable): Values {
  if (typeof value === 'number') return { shape: [], data: [value] };
  if (!('dtype' in value)) return { shape: [value.length], data: value };
  if (value.dtype !== 'int4') return value;
  throw new LabError(
    'close/dtype',
    'Packed int4 arrays are not compared.',
    'Compare the unpacked values, or the real numbers they stand for.',
  );
}

/**
 * Compares got with expected, element by element: |got - expected| ≤ absolute + relative · |expected|. NaN equals only NaN, an infinity
 * only itself, and shapes must agree. The worst element is the one with the largest excess over its tolerance.
 * @throws LabError `close/dtype` for packed int4 arrays, `close/tolerance` for a tolerance that is negative or no number.
 */
export function allClose(
  got: Comparable,
  expected: Comparable,
  { relative = 1e-5, absolute = 1e-6 }: { relative?: number; absolute?: number } = {},
): Closeness {
  // a tolerance of NaN is exceeded by nothing, so that everything would pass
  for (const [name, value] of Object.entries({ relative, absolute }))
    if (!(value >= 0)) throw new LabError('close/tolerance', `The ${name} tolerance must be 0 or more; got ${value}.`, 'Such as 1e-5.');
  const a = valuesOf(got);
  const b = valuesOf(expected);
  if (!sameShape(a.shape, b.shape)) {
    return { close: false, message: `Expected shape [${b.shape.join(', ')}], got [${a.shape.join(', ')}].` };
  }
  let excess = 0;
  let at = -1;
  for (let i = 0; i < b.data.length; i++) {
    const e = excessOf(a.data[i], b.data[i], { relative, absolute });
    if (e > excess) [excess, at] = [e, i];
  }
  if (at < 0) return { close: true, message: `All ${b.data.length} values agree.` };
  const worst = { index: indexOf(at, b.shape), got: a.data[at], expected: b.data[at] };
  const difference = Math.abs(worst.got - worst.expected);
  const message = `Expected ${worst.expected}, got ${worst.got} at [${worst.index.join(', ')}]: they differ by ${difference}.`;
  return { close: false, worst: { ...worst, difference }, message };
}

function excessOf(got: number, expected: number, tolerance: { relative: number; absolute: number }): number {
  if (Object.is(got, expected) || got === expected) return 0;
  if (!Number.isFinite(got) || !Number.isFinite(expected)) return Number.POSITIVE_INFINITY;
  return Math.abs(got - expected) - (tolerance.absolute + tolerance.relative * Math.abs(expected));
}

function indexOf(flat: number, shape: Shape): number[] {
  const index: number[] = [];
  for (let axis = shape.length - 1, rest = flat; axis >= 0; axis--) {
    const size = shape[axis];
    index.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return index;
}
