import { roundHalfAway } from '../tensor/round.ts';
import { clamped } from './fixed-point.ts';

// Functions of 8-bit integers as tables of 256 entries that begin with the smallest, in float32 as TensorFlow Lite computes them.

const { fround } = Math;

/** What the integers of a value stand for, and which there are. */
export interface TableGrid {
  readonly scale: number;
  readonly zeroPoint: number;
  readonly type: 'int8' | 'uint8';
}

/** What the integers of a table's entries stand for, and between which ends they lie. */
export interface WrittenGrid extends Omit<TableGrid, 'type'> {
  readonly low: number;
  readonly high: number;
}

/** The smallest integer. */
export const firstOf = ({ type }: Pick<TableGrid, 'type'>): number => (type === 'int8' ? -128 : 0);

/** 1 / (1 + e^-x), each operation rounded to float32. */
export const sigmoid32 = (x: number): number => fround(1 / fround(1 + fround(Math.exp(-x))));

/**
 * A real function of the integers of x: f in float32, rounded to the grid of y with halves away from zero, between its ends. TensorFlow Lite,
 * `internal/common.h: LUTPopulate`.
 */
export function realTable(fn: (x: number) => number, x: TableGrid, y: WrittenGrid): readonly number[] {
  const inverse = fround(1 / y.scale);
  return Array.from({ length: 256 }, (_, i) => {
    const value = fround(fn(fround(x.scale * (firstOf(x) + i - x.zeroPoint))));
    return clamped(roundHalfAway(fround(value * inverse)) + y.zeroPoint, y.low, y.high);
  });
}
