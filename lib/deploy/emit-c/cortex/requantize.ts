import { clamped, roundingHighProduct, scaled } from '../../fixed-point.ts';
import type { RequantizeAttributes } from '../../integer/requantize-attributes.ts';

/** Least and greatest accumulator of an output channel. */
export type Range = readonly [least: number, greatest: number];

/** What a channel's rounding needs: result = (high product of 2 · acc and multiplier, rounded, + addend [- 1 for a negative acc]) >> shift. */
export interface Rounding {
  readonly multiplier: number;
  readonly addend: number;
  readonly shift: number;
}

/**
 * TensorFlow Lite's two roundings in five instructions: SMMLAR rounds the product of 2 · acc and the multiplier to its upper 32 bits, which is the first
 * rounding, halves up, and adds the second one's 2^(shift - 1) and the zero point, shifted; a negative acc takes one more away, so that halves go away from
 * zero. The sign of acc stands for that of the product, as multipliers are 2^30 and more: where they differ the product is 0, which rounds to 0 both ways.
 * Nothing for a channel whose numbers may leave 32 bits, whose shift is to the left, or whose multiplier is none of the normal form.
 */
export function roundingOf(attributes: RequantizeAttributes, channel: number, [least, greatest]: Range): Rounding | undefined {
  const one = attributes.multiplier.length === 1 ? 0 : 1;
  const multiplier = attributes.multiplier[channel * one] as number;
  const shift = -(attributes.shift[channel * one] as number);
  const zero = attributes.outputZeroPoint;
  if (least < -(2 ** 31) || greatest >= 2 ** 31 || shift < 0 || multiplier < 0) return undefined;
  // roundings are monotone: a channel whose ends come out alike is always that, such as one without weights
  const [first, last] = [least, greatest].map(sum => clamped(scaled(sum, multiplier, -shift) + zero, attributes.low, attributes.high)) as [
    number,
    number,
  ];
  if (first === last) return { multiplier: 0, addend: 1 + 2 * first, shift: 1 };
  if (least < -(2 ** 30) || greatest >= 2 ** 30 || multiplier < 2 ** 30 || shift === 0) return undefined;
  const [low, high] = [roundingHighProduct(least, multiplier), roundingHighProduct(greatest, multiplier)];
  const addend = 2 ** (shift - 1) + zero * 2 ** shift;
  if (low + addend - 1 < -(2 ** 31) || high + addend >= 2 ** 31 || addend < -(2 ** 31) || addend >= 2 ** 31) return undefined;
  return { multiplier, addend, shift };
}

/** The roundings of all channels, where each has one. */
export function roundingsOf(attributes: RequantizeAttributes, ranges: readonly Range[]): readonly Rounding[] | undefined {
  const all = ranges.map((range, channel) => roundingOf(attributes, channel, range));
  return all.every(item => item !== undefined) ? (all as Rounding[]) : undefined;
}

/** Whether the sign of the accumulator changes nothing: negative ones end at the lower end of the clamp, which is the zero point. */
export const signFree = ({ low, outputZeroPoint }: RequantizeAttributes): boolean => low >= outputZeroPoint;

/** The C expression of the clamp of `value`. */
export function clampText({ low, high }: RequantizeAttributes, value: string): string {
  if (low === -128 && high === 127) return `ssat8(${value})`;
  return `clamped(${value}, ${low}, ${high})`;
}
