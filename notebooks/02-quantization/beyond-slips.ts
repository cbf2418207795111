import type { KnownMistakes } from 'tinylab';
import { wrapped } from './beyond-reference.ts';
import { ends, sum } from './reference.ts';
import { where } from './seen.ts';

// What is seen of wrong answers about accumulators, clips, gradients and ranges.

/** What is seen of a wrong sum in an accumulator. */
export function sumSeen(got: unknown, products: readonly number[], bits: number): KnownMistakes {
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
