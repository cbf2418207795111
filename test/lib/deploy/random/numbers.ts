import { ends } from '../../../../lib/deploy/integer/stored.ts';
import type { ElementType } from '../../../../lib/deploy/program.ts';
import type { Random } from '../../../../lib/tensor/random.ts';

/** Ends of a quantized type. */
export const endsOf = (type: ElementType): readonly [number, number] => ends[type] as readonly [number, number];

const bits = (type: ElementType): number => Math.log2(endsOf(type)[1] - endsOf(type)[0] + 1);

/** A zero point of a type: 0, an end or any. */
export function zeroPointOf(type: ElementType, rng: Random): number {
  const [low, high] = endsOf(type);
  return rng.pick([0, 0, low, high, rng.int(low, high)]);
}

/** Mostly the whole range of a type, else a part of it, at times of a single number. */
export function clampOf(type: ElementType, rng: Random): { readonly low: number; readonly high: number } {
  const [low, high] = endsOf(type);
  if (rng.int(0, 2) > 0) return { low, high };
  const [a, b] = [rng.int(low, high), rng.int(low, high)];
  return { low: Math.min(a, b), high: Math.max(a, b) };
}

/** An output's requantization that spreads accumulators of about 2^`reach` over the output's range; now and then any multiplier and shift at all. */
export function requantization(
  type: ElementType,
  { channels = 1, reach, rng }: { readonly channels?: number; readonly reach: number; readonly rng: Random },
): { multiplier: number[]; shift: number[]; outputZeroPoint: number; low: number; high: number } {
  const length = rng.int(0, 1) === 0 ? 1 : channels;
  const wild = rng.int(0, 9) === 0;
  const odd = [0, 1, -1, 2 ** 30, 2 ** 31 - 1, -(2 ** 31), 0x7fff0000, rng.int(-(2 ** 31), 2 ** 31 - 1)];
  const fitting = Math.round(bits(type) - reach);
  const shift = (): number => (wild ? rng.int(-31, 30) : Math.min(30, Math.max(-31, fitting + rng.int(-2, 3))));
  return {
    multiplier: Array.from({ length }, () => (wild ? rng.pick(odd) : rng.int(2 ** 30, 2 ** 31 - 1))),
    shift: Array.from({ length }, shift),
    outputZeroPoint: type === 'int32' ? rng.int(-(2 ** 16), 2 ** 16) : zeroPointOf(type, rng),
    ...clampOf(type, rng),
  };
}

/** Types of activations: 8 bits mostly. */
export const activation = (rng: Random): ElementType => rng.pick(['int8', 'int8', 'int8', 'uint8', 'int16', 'int4'] as const);

/** Types of sums' results: those of activations, and whole accumulators. */
export const result = (rng: Random): ElementType => rng.pick(['int8', 'int8', 'int8', 'uint8', 'int16', 'int4', 'int32'] as const);
