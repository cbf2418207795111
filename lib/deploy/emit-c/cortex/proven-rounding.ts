import { clamped, fixedPoint } from '../../fixed-point.ts';
import type { Range, Rounding } from './requantize.ts';

/** What `provenRounding` has to meet: sum → stored integer, which never falls as the sum rises, over a range of sums. */
export interface Wanted {
  readonly store: (sum: number) => number;
  readonly range: Range;
  readonly factor: number;
  readonly zero: number;
  readonly low: number;
  readonly high: number;
}

/** A rounding of sums that were shifted to the left by `left` bits: ((sum << left) · multiplier + addend · 2^32, rounded to its upper word) >> shift. */
export interface ShiftedRounding extends Rounding {
  readonly left: number;
}

/** The sums at which a rising function reaches each of low + 1 … high, as far as it does within the range. */
export function thresholds({ store, range: [least, greatest], low, high }: Wanted): readonly (readonly [sum: number, value: number])[] {
  const found: (readonly [number, number])[] = [];
  let from = least;
  for (let value = low + 1; value <= high && store(greatest) >= value; value++) {
    let to = greatest;
    while (from < to) {
      const middle = Math.floor((from + to) / 2);
      if (store(middle) >= value) to = middle;
      else from = middle + 1;
    }
    found.push([from, value]);
  }
  return found;
}

/**
 * Three instructions in the place of any scaling by a factor and rounding, where they give the same integers for every sum. Both sides never fall as the sum
 * rises and take at most 256 values, so agreeing at each sum where the value changes, and at the one before, is agreeing everywhere.
 */
export function provenRounding(wanted: Wanted): ShiftedRounding | undefined {
  const { range, factor, zero } = wanted;
  const most = Math.max(-range[0], range[1], 1);
  const { multiplier, shift } = fixedPoint(factor);
  if (multiplier < 2 ** 30) return undefined;
  const changes = thresholds(wanted);
  for (let left = Math.floor(Math.log2((2 ** 31 - 1) / most)); left >= 1; left--) {
    const right = left - 1 - shift;
    if (right < 1 || right > 30) continue;
    for (const nudge of [0, -1, 1, -2, 2]) {
      const found = { multiplier, addend: zero * 2 ** right + 2 ** (right - 1) + nudge, shift: right, left };
      if (holds(found, range) && meets(found, wanted, changes)) return found;
    }
  }
  return undefined;
}

/** Whether no number of a rounding leaves 32 bits. */
function holds({ multiplier, addend, left }: ShiftedRounding, [least, greatest]: Range): boolean {
  const within = (value: number): boolean => value >= -(2 ** 31) && value < 2 ** 31;
  return within(addend) && within(rounded(least, multiplier, left) + addend) && within(rounded(greatest, multiplier, left) + addend);
}

/** Whether each value is reached where it should be and not one sum before, and none is that should not be. */
function meets(found: ShiftedRounding, { range, store, low, high }: Wanted, changes: ReturnType<typeof thresholds>): boolean {
  const at = (sum: number): number => clamped((rounded(sum, found.multiplier, found.left) + found.addend) >> found.shift, low, high);
  const reached = changes.every(([sum, value]) => at(sum) >= value && (sum === range[0] || at(sum - 1) < value));
  return reached && at(range[1]) === store(range[1]);
}

/** round((sum << left) · multiplier / 2^32), halves up: SMMULR. */
export function rounded(sum: number, multiplier: number, left: number): number {
  return Number((BigInt(sum) * 2n ** BigInt(left) * BigInt(multiplier) + 2n ** 31n) >> 32n);
}
