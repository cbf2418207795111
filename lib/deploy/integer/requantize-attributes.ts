import type { AttributeKind } from '../../model/attributes.ts';
import { integer, kind, within } from '../../model/attributes.ts';
import { clamped, scaled, scaledWide } from '../fixed-point.ts';
import type { ElementType } from '../program.ts';
import { refuseStep } from './refuse.ts';
import { assertClamp } from './stored.ts';

/** What turns an accumulator into a stored integer: clip(zero point + acc · multiplier · 2^(shift - 31), low, high). */
export type RequantizeAttributes = {
  /** One for all, or one for each output channel. */
  readonly multiplier: readonly number[];
  readonly shift: readonly number[];
  readonly outputZeroPoint: number;
  /** Ends of the fused activation, as stored integers. */
  readonly low: number;
  readonly high: number;
};

const int32s: AttributeKind = kind(
  'a list of whole numbers of 32 bits',
  value => Array.isArray(value) && value.length > 0 && value.every(item => (item | 0) === item),
);
const shifts: AttributeKind = kind(
  'a list of whole numbers from -31 to 30',
  value => Array.isArray(value) && value.length > 0 && value.every(item => Number.isInteger(item) && item >= -31 && item <= 30),
);

/** Zero points: a whole number of 32 bits each, one for all or one for each output channel. */
export const zeroPoints: AttributeKind = int32s;

/** The zero point of an output, which may lie beyond the ends of its type: it is added before the clamp. */
export const zeroPointKind: AttributeKind = within(-(2 ** 16), 2 ** 16);

export const requantizeKinds: Readonly<Record<keyof RequantizeAttributes, AttributeKind>> = {
  multiplier: int32s,
  shift: shifts,
  outputZeroPoint: zeroPointKind,
  low: integer,
  high: integer,
};

export { ends } from './stored.ts';

/** Refuses lists that are neither single nor one a channel, and a clamp that the output's type does not hold. */
export function assertRequantize(
  { multiplier, shift, low, high }: RequantizeAttributes,
  { where, channels, type }: { readonly where: string; readonly channels: number; readonly type: ElementType },
): void {
  if (multiplier.length !== shift.length || ![1, channels].includes(multiplier.length))
    refuseStep(where, `expected 1 or ${channels} multipliers and as many shifts; got ${multiplier.length} and ${shift.length}.`);
  assertClamp(where, type, { low, high });
}

/** (accumulator, channel) → stored integer. `wide`: the accumulator has 64 bits (int16 activations); else it wraps at 32. */
export function requantizer(
  attributes: RequantizeAttributes,
  { wide = false }: { readonly wide?: boolean } = {},
): (acc: number, channel: number) => number {
  const { outputZeroPoint, low, high } = attributes;
  const one = attributes.multiplier.length === 1 ? 0 : 1;
  const multiplier = Int32Array.from(attributes.multiplier);
  const shift = Int32Array.from(attributes.shift);
  return (acc, channel) => {
    const c = channel * one;
    const value = wide
      ? scaledWide(acc, multiplier[c] as number, shift[c] as number)
      : scaled(acc | 0, multiplier[c] as number, shift[c] as number);
    return clamped(value + outputZeroPoint, low, high);
  };
}
