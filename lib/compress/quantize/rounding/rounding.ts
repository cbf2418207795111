import type { Quantization } from '../../../model/quantization/quantization.ts';
import type { NDArray } from '../../../tensor/array.ts';

/** What real numbers are rounded to. */
export interface Target {
  readonly quantization: Quantization;
  /** The first and the last code that may be stored. */
  readonly low: number;
  readonly high: number;
  /** Code books only: the code of a number in units of the scale; default that of the nearest entry. */
  readonly encode?: (x: number) => number;
}

/** Codes in row-major order, in any array that holds them. */
export type Codes = Int32Array | Int8Array | Uint8Array;

/** Which of the codes beside it a real number becomes. */
export interface Rounding {
  /** What messages call it. */
  readonly name: string;
  /** Whether all codes lie between the ends by construction, so that nobody has to look at each again. */
  readonly clamps?: true;
  /** The code of each real number, in row-major order; beyond the ends of the grid they clamp. */
  codes(value: NDArray, target: Target): Codes;
  /** The real numbers that these codes stand for, where that is known without them. */
  reals?(value: NDArray, target: Target): Float32Array | undefined;
}
