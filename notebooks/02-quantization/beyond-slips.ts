import type { KnownMistakes } from 'tinylab';
import { type Clips, wrapped } from './beyond-reference.ts';
import { ends, sum } from './reference.ts';
import { near, where } from './seen.ts';

// What is seen of wrong answers about accumulators, clips, gradients and ranges.

/** What may be wrong with a sum in an accumulator. */
export function wrapMistakes(got: unknown, products: readonly number[], bits: number): KnownMistakes {
  const total = sum(products);
  const end = 2 ** (bits - 1) - 1;
  return [
    [total, 'That is the true sum. An accumulator of b bits goes from -2^(b-1) to 2^(b-1) - 1 and wraps around.'],
    [
      Math.min(end, Math.max(-end - 1, total)),
      'That stops at the end. An accumulator wraps around: one more than the largest is the smallest.',
    ],
    [((total % 2 ** bits) + 2 ** bits) % 2 ** bits, 'That wraps without a sign, from 0 to 2^b - 1. From 2^(b-1) on take 2^b away.'],
    [wrapped(total, bits - 1), 'That has one bit too few: the sign is one of the b bits.'],
    [wrapped(total, bits + 1), 'That has one bit too many: the sign is one of the b bits.'],
    [
      wrapped(
        products.reduce((a, b) => Math.fround(a + b), 0),
        bits,
      ),
      'You added in float32, which holds 24 bits of digits: beyond 2^24 odd sums are lost. Add plain numbers.',
    ],
    [wrapped(total, 16), 'That wraps at 16 bits, whatever is asked.'],
    [wrapped(total, 32), 'That wraps at 32 bits, whatever is asked.'],
    ...sumSeen(got, products, bits),
  ];
}

/** What is seen of a wrong sum in an accumulator. */
function sumSeen(got: unknown, products: readonly number[], bits: number): KnownMistakes {
  const [value, size, [low, high]] = [Number(got), 2 ** bits, ends(bits)];
  const steps = (value - sum(products)) / size;
  const of = (some: readonly number[]): number => wrapped(sum(some), bits);
  return [
    [of(products.slice(1)), 'The first product is left out.'],
    [of(products.slice(0, -1)), 'The last product is left out.'],
    [of(products.slice(0, 1)), 'That is the first product alone: add all of them.'],
    [of(products.slice(-1)), 'That is the last product alone: add all of them.'],
    [where(Number.isNaN(value), got), 'That is no number: is something read beside its list, or under another name?'],
    [where(!Number.isInteger(value), got), 'Whole numbers add up to a whole number, and 2^b is only taken away or added.'],
    [where(Number.isInteger(steps), got), 'Your sum is right up to a multiple of 2^b, but lies beyond -2^(b-1) … 2^(b-1) - 1.'],
    [where(value >= low && value <= high, got), 'Your sum lies within the ends, but what you took away or added is no multiple of 2^b.'],
    [
      where(value < low || value > high, got),
      'Your sum lies beyond -2^(b-1) … 2^(b-1) - 1, and what you took away or added is no multiple of 2^b.',
    ],
    [where(!Number.isInteger(steps), got), 'What you took away or added is no multiple of 2^b.'],
  ];
}

/** What is seen of a wrong number of bits. */
export const bitsSeen = (got: unknown): KnownMistakes => [
  [where(Number(got) > 27, got), 'Fewer will do: how large can 1,152 products of up to 128 · 127 get, and how many bits hold that?'],
  [where(Number(got) < 25, got), 'More are needed: 1,152 products of up to 128 · 127 can add up to 18,726,912, and there is a sign.'],
];

/** What is seen of a wrong clip. */
export function clipSeen(got: unknown, right: number, { clips }: Clips): KnownMistakes {
  const value = Number(got);
  return [
    [where(!clips.includes(value), got), 'That is none of the clips that are offered.'],
    [
      where(got === clips[0], got),
      'Where your clip is wrong it is the first of the list: do the errors of the others come out as numbers, and differ?',
    ],
    [
      where(got === clips.at(-1), got),
      'Where your clip is wrong it is the last of the list: do all errors come out as numbers, and differ?',
    ],
    [
      where(value < right, got),
      'Wherever your clip is wrong it is too small. Either what is clipped costs too little in your errors, or what is rounded too much.',
    ],
    [
      where(value > right, got),
      'Wherever your clip is wrong it is too large. Either what is clipped costs too much in your errors, or what is rounded too little.',
    ],
  ];
}

/** Values, the gradient that comes, and the ends of the grid. */
export interface Backward {
  readonly values: readonly number[];
  readonly gradient: readonly number[];
  readonly ends: readonly [number, number];
}

/** What is seen of wrong gradients behind a rounding. */
export function gradientSeen(got: unknown, { values, gradient, ends: [low, high] }: Backward): KnownMistakes {
  const list = Array.isArray(got) ? (got as unknown[]) : [];
  const inner = values.map(v => v >= low && v <= high);
  const each = (holds: (value: unknown, i: number) => boolean): unknown => where(list.length === values.length && list.every(holds), got);
  return [
    [where(list.length !== values.length, got), 'There is one gradient for each value, in the same order.'],
    [values.map((v, i) => (inner[i] ? v : 0)), 'Those are values. What passes is the gradient that comes.'],
    [each((g, i) => !inner[i] || g === gradient[i]), 'What passes inside of the ends is right. Beyond them 0 passes.'],
    [each((g, i) => inner[i] || g === 0), 'Beyond the ends it is right: 0. Inside of them the gradient passes as it comes.'],
    [
      each((g, i) => g === 0 || g === gradient[i]),
      'Some gradients pass that should not, or stop that should not: compare value number i with both ends, low ≤ value ≤ high.',
    ],
  ];
}

/** What is seen of a part of two layers that should be equalized; `old` is what it was. */
export function rescaledSeen(
  got: ArrayLike<number>,
  right: ArrayLike<number>,
  groups: (i: number) => number,
): readonly (readonly [boolean, string])[] {
  const factors = Array.from(right, (value, i) => Number(got[i]) / value);
  const own = new Map<number, number>();
  for (const [i, factor] of factors.entries()) if (!own.has(groups(i))) own.set(groups(i), factor);
  const together = factors.every((factor, i) => near(factor, own.get(groups(i)) as number));
  return [
    [factors.some(factor => Number.isNaN(factor)), 'Some number is none (NaN): is something read beside its list, or under another name?'],
    [
      factors.some(factor => !Number.isFinite(factor)),
      'Some number is infinite: some s is 0 or infinite. Does each channel have both ranges?',
    ],
    [Array.from(got).every(Number.isInteger), 'These are whole numbers, and weights are not: keep them in a Float32Array.'],
    [factors.some(factor => factor === 0), 'Some number is 0: does each channel have both ranges?'],
    [
      together && factors.every(factor => factor > 0),
      'Each channel is scaled as a whole, but with another s than √(r1 · r2) / r2, where r1 and r2 are its largest |w|.',
    ],
    [together, 'Each channel is scaled as a whole, but some s is below 0. Ranges are sizes: √(r1 · r2) / r2 is above 0.'],
    [
      !together,
      'The numbers of a channel are scaled differently. Which channel does each belong to: the column of the first layer, the row of the second?',
    ],
  ];
}
