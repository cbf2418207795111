import { affine } from '../../../model/quantization/affine.ts';
import { LabError } from '../../../tensor/errors.ts';
import { roundHalfEven } from '../../../tensor/round.ts';
import type { Interval } from '../interval.ts';
import type { Format } from './format.ts';

/** Which integers there are, and where 0 lies among them. */
export interface AffineFormat {
  /** 2–16. */
  readonly bits: number;
  /** Codes from -2^(bits-1); default true. Unsigned ones begin at 0. */
  readonly signed?: boolean;
  /** Whether the zero point is the middle of the codes (0 for signed ones); default false. */
  readonly symmetric?: boolean;
  /** Signed symmetric codes only: leave out -2^(bits-1), so that the grid ends at the same number on both sides; default true. */
  readonly restricted?: boolean;
}

/** The scale, float32, and the zero point of one interval. */
export interface ScaleAndZeroPoint {
  readonly scale: number;
  readonly zeroPoint: number;
}

/** First and last code of a format. */
export function codesOf({ bits, signed = true, symmetric = false, restricted = true }: AffineFormat): readonly [low: number, high: number] {
  const low = signed ? -(2 ** (bits - 1)) : 0;
  return [symmetric && restricted && signed ? low + 1 : low, low + 2 ** bits - 1];
}

/**
 * The grid of integers r = S · (q - Z) over an interval that holds 0.
 * Asymmetric: S = (high - low) / (q_max - q_min), Z = clip(round(q_min - low / S), q_min, q_max).
 * Symmetric: Z = 0 (2^(bits-1) for unsigned codes) and S = max(|low|, |high|) / (2^(bits-1) - 1), or / 2^(bits-1) with the full range of codes.
 * S is a float32, and 1 where the interval is the single number 0. Jacob et al. 2018, section 2; Krishnamoorthi 2018, section 2.
 * @example
 * scaleAndZeroPoint({ low: -1.08, high: 2.12 }, { bits: 2 }); // → { scale: Math.fround(3.2 / 3), zeroPoint: -1 }
 */
export function scaleAndZeroPoint({ low, high }: Interval, format: AffineFormat): ScaleAndZeroPoint {
  const { bits, signed = true, symmetric = false, restricted = true } = format;
  const [first, last] = codesOf(format);
  if (symmetric) {
    const half = 2 ** (bits - 1) - (restricted ? 1 : 0);
    return { scale: positive(Math.max(-low, high) / half), zeroPoint: signed ? 0 : 2 ** (bits - 1) };
  }
  // what float32 holds, even when rounding the zero point moves an end outwards
  const scale = Math.min(positive((high - low) / (last - first)), Math.fround(largest / (last - first)));
  return { scale, zeroPoint: Math.min(last, Math.max(first, roundHalfEven(first - low / scale))) };
}

/** The largest number of float32, less what rounding the scale may add. */
const largest = 3.4028e38;

/** The number as a float32 scale: 1 for 0, and the smallest normal number for less, which float32 division takes apart. */
function positive(scale: number): number {
  if (scale === 0) return 1;
  return Math.max(Math.fround(scale), 2 ** -126);
}

/**
 * Integers of 2 to 16 bits with a scale and, unless symmetric, a zero point for each tile: see `scaleAndZeroPoint`.
 * @throws LabError `quantize/bits`.
 */
export function affineFormat(format: AffineFormat): Format {
  const { bits, signed = true, symmetric = false } = format;
  if (!(Number.isInteger(bits) && bits >= 2 && bits <= 16))
    throw new LabError('quantize/bits', `Integers have 2 to 16 bits; got ${bits}.`, 'One bit a weight is binaryFormat().');
  const [low, high] = codesOf(format);
  return Object.freeze({
    name: `${signed ? '' : 'u'}int${bits}${symmetric ? ' symmetric' : ''}`,
    bits,
    symmetric,
    low,
    high,
    snap(interval: Interval) {
      const { scale, zeroPoint } = scaleAndZeroPoint(interval, format);
      return (x: number) => scale * (Math.min(high, Math.max(low, roundHalfEven(x / scale) + zeroPoint)) - zeroPoint);
    },
    quantization(intervals, { shape, tile }) {
      const grids = intervals.map(interval => scaleAndZeroPoint(interval, format));
      const zeroPoint = grids.map(grid => grid.zeroPoint);
      return affine({ shape, bits, tile, scale: grids.map(({ scale }) => scale), ...(zeroPoint.some(z => z !== 0) && { zeroPoint }) });
    },
  } satisfies Format);
}
