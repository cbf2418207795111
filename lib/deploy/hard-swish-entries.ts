import { clamped, fixedPoint } from './fixed-point.ts';
import { firstOf, type TableGrid, type WrittenGrid } from './real-table.ts';

// x · relu6(x + 3) / 6 of 8-bit integers in integers of 16 bits, as TensorFlow Lite computes it.

const { fround } = Math;

const saturated16 = (x: number): number => clamped(x, -(2 ** 15), 2 ** 15 - 1);

/** round(a · b / 2^15) for 16-bit integers, halves away from zero but for negative ones, which go up. */
const highProduct = (a: number, b: number): number => saturated16(Math.trunc((a * b + (a * b >= 0 ? 2 ** 14 : 1 - 2 ** 14)) / 2 ** 15));

const shiftedRight = (x: number, exponent: number): number => {
  const rest = x & (2 ** exponent - 1);
  return (x >> exponent) + (rest > ((2 ** exponent - 1) >> 1) + (x < 0 ? 1 : 0) ? 1 : 0);
};

/** The upper 16 bits of a multiplier. */
const reduced = (multiplier: number): number => (multiplier >= 2 ** 31 - 1 - 2 ** 15 ? 2 ** 15 - 1 : (multiplier + 2 ** 15) >> 16);

/**
 * Hard swish of each integer of x as an integer of y, between its ends; undefined where steps of y are finer than 1/128 of those of x, which 16 bits do not
 * hold. Within a step of the real function's table (`realTable`). TensorFlow Lite, `reference/hard_swish.h`.
 */
export function hardSwishEntries(x: TableGrid, y: WrittenGrid): readonly number[] | undefined {
  const fine = fround(x.scale / 128);
  const output = fixedPoint(fround(fine / y.scale));
  const gate = fixedPoint(fround(fine / fround(3 / 32768)));
  if (output.shift > 0) return undefined;
  return Array.from({ length: 256 }, (_, i) => {
    const value = saturated16((firstOf(x) + i - x.zeroPoint) * 128);
    const open = (opened(value, gate) + 2 ** 15) >> 1;
    const product = saturated16(Math.trunc((open * highProduct(value, reduced(output.multiplier))) / 2 ** 15));
    return clamped(shiftedRight(product, -output.shift) + y.zeroPoint, y.low, y.high);
  });
}

/** x / 3 with 15 bits behind the point, between -1 and 1. */
function opened(value: number, { multiplier, shift }: ReturnType<typeof fixedPoint>): number {
  const early = shift > 0 ? saturated16(value * 2 ** (shift - 1)) : value;
  const product = highProduct(early, reduced(multiplier));
  return shift > 0 ? saturated16(product * 2) : shiftedRight(product, -shift);
}
