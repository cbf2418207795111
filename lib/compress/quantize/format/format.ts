import type { Quantization } from '../../../model/quantization/quantization.ts';
import type { Shape } from '../../../tensor/shape.ts';
import type { Interval } from '../interval.ts';

/** Where the tiles of a value lie. */
export interface Geometry {
  readonly shape: Shape;
  readonly tile: Shape;
}

/** Which numbers there are between the ends of an interval: a grid of integers, of floating-point codes, of powers of two … */
export interface Format {
  /** What messages call it, such as `int8` or `fp8-e4m3`. */
  readonly name: string;
  /** Bits of a stored code, 1–16. */
  readonly bits: number;
  /** Whether the grid is symmetric about 0, so that only the larger of |low| and |high| counts. */
  readonly symmetric: boolean;
  /** x → the number of the grid over this interval that stands for it, what range methods measure errors with. */
  snap(interval: Interval): (x: number) => number;
  /** The first and the last code that is stored. */
  readonly low: number;
  readonly high: number;
  /** Code books only: the code of a number that is counted in units of the scale; default that of the nearest entry. */
  readonly encode?: (x: number) => number;
  /** How stored codes stand for real numbers when the tiles, in row-major order, have these intervals. */
  quantization(intervals: readonly Interval[], geometry: Geometry): Quantization;
}
