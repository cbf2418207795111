import { isArray } from '../../tensor/array.ts';
import type { Tolerance } from '../compare.ts';

/** One answer beside the right one, and the arguments that it was asked with. */
export interface Comparison {
  /** What was asked for: comparisons of the same thing are looked at together. */
  readonly about: string;
  /** What came. */
  readonly got: unknown;
  /** What should have come. */
  readonly expected: unknown;
  /** Arguments of the call; none where a name was read. */
  readonly args: readonly unknown[];
  /** Whether they agree. */
  readonly passed: boolean;
  /** How near is near. */
  readonly tolerance: Tolerance;
}

/** What an answer has to do with the right one, in one case. A pattern that holds in every failed case names the mistake. */
export interface Pattern {
  /** The same in every case that it holds in. */
  readonly key: string;
  /** What it means, to the student. */
  readonly says: string;
  /** How many failed cases it takes before chance is ruled out. */
  readonly least: number;
  /** The number that it goes with: a pattern counts only if that is not the same in all cases. */
  readonly by?: number;
}

/** Whether two numbers are the same up to rounding; infinite ones are like themselves alone. */
export const alike = (a: number, b: number): boolean =>
  Object.is(a, b) || (Number.isFinite(a - b) && Math.abs(a - b) <= 1e-9 + 1e-6 * Math.max(Math.abs(a), Math.abs(b)));

/** Values of more numbers than this are not looked at. */
const mostNumbers = 20_000;

/** The numbers of a value in one row, where it is made of numbers alone and of no more than 20,000: a number, a truth value, a list, an array. */
export function numbersOf(value: unknown): readonly number[] | undefined {
  if (typeof value === 'object' && value !== null && sizeOf(value) > mostNumbers) return undefined;
  if (typeof value === 'number') return [value];
  if (typeof value === 'boolean') return [Number(value)];
  if (isArray(value)) return value.dtype === 'int4' ? undefined : Array.from(value.data);
  if (Array.isArray(value)) {
    const parts = value.map(numbersOf);
    return parts.every(part => part !== undefined) ? parts.flat() : undefined;
  }
  if (value instanceof BigInt64Array) return undefined;
  return ArrayBuffer.isView(value) && !(value instanceof DataView) ? Array.from(value as Float32Array) : undefined;
}

const sizeOf = (value: object): number => {
  if (isArray(value)) return value.data.length;
  return 'length' in value && typeof value.length === 'number' ? value.length : 0;
};

/** A number as a person would write it, to four digits where it is broken. */
export const written = (value: number): string => (Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4))));
