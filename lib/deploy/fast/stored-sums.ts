import { type DenseStep, denseStore } from '../integer/dense.ts';
import { numbersOf } from '../integer/values.ts';
import { requantizesBytes, shifts } from './eligible.ts';
import type { Bound } from './step.ts';

/** Sums of a layer, channels innermost, before they are stored. */
export type StoreSums = (sums: Int32Array) => void;

/** Stores sums as a step says it, as many as the output has elements. */
export function storing(attributes: DenseStep, y: Bound): StoreSums {
  const channels = y.shape.at(-1) ?? 1;
  const to = numbersOf(y);
  if (!attributes.factor && requantizesBytes(attributes, y)) return bytesStored(attributes, y);
  const store = denseStore(attributes);
  return sums => {
    for (let i = 0; i < to.length; i++) to[i] = store(sums[i] as number, i % channels);
  };
}

/**
 * `scaled` (fixed-point.ts) for multipliers ≥ 0, where the first rounding is ⌊(acc · M + 2^30) / 2^31⌋ on both sides of 0: M is taken apart into 16 bits
 * and the rest, so that both products are exact in double precision.
 */
function bytesStored(attributes: DenseStep, y: Bound): StoreSums {
  const { multiplier, shift, outputZeroPoint, low, high } = attributes;
  const channels = y.shape.at(-1) ?? 1;
  const to = numbersOf(y);
  const of = (list: readonly number[]): Int32Array =>
    Int32Array.from({ length: channels }, (_, c) => list[list.length === 1 ? 0 : c] as number);
  const factor = of(multiplier);
  const [upper, lower] = [factor.map(m => m >> 16), factor.map(m => m & 0xffff)];
  const lefts = of(shift).map(s => shifts(s)[0]);
  const rights = of(shift).map(s => shifts(s)[1]);
  return sums => {
    for (let i = 0, c = 0; i < to.length; i++) {
      const acc = (sums[i] as number) << (lefts[c] as number);
      const bottom = Math.floor((acc * (lower[c] as number) + 2 ** 30) / 2 ** 16);
      const product = Math.floor((acc * (upper[c] as number) + bottom) / 2 ** 15) | 0;
      const right = rights[c] as number;
      const mask = right === 31 ? 0x7fffffff : (1 << right) - 1;
      const value = (product >> right) + ((product & mask) > (mask >> 1) + (product >>> 31) ? 1 : 0) + outputZeroPoint;
      to[i] = value < low ? low : value > high ? high : value;
      if (++c === channels) c = 0;
    }
  };
}
