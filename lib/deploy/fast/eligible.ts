import type { RequantizeAttributes } from '../integer/requantize-attributes.ts';
import type { Bound } from './step.ts';

/** Whether a tensor holds bytes: integers of 4 or 8 bits. */
export const isBytes = (value: Bound | undefined): boolean => value?.type === 'int8' || value?.type === 'uint8' || value?.type === 'int4';

export const isSigned = ({ type }: Bound): boolean => type !== 'uint8';

/** Whether a zero point is an integer of the tensor's own type. */
export function holds(value: Bound, zero: number): boolean {
  return isSigned(value) ? zero >= -128 && zero <= 127 : zero >= 0 && zero <= 255;
}

export const isMultiplier = (x: number): boolean => x >= 0 && x < 2 ** 31;

/** Whether the kernels' arithmetic covers this requantization: multipliers are not negative, the zero point is a byte. The rest `check` has seen to. */
export function requantizesBytes({ multiplier, outputZeroPoint }: RequantizeAttributes, output: Bound | undefined): output is Bound {
  return isBytes(output) && multiplier.every(isMultiplier) && outputZeroPoint >= -128 && outputZeroPoint <= 255;
}

/** A shift as bits to the left and bits to the right. */
export const shifts = (shift: number): readonly [left: number, right: number] => [Math.max(0, shift), Math.max(0, -shift)];
