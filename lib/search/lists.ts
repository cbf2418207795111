import { LabError } from '../tensor/errors.ts';
import type { Random } from '../tensor/random.ts';
import { assertRate, combinations, endToEnd, oneHot, oneOf } from './choices.ts';
import type { Space } from './space.ts';

/**
 * Lists of candidates of one space, as long as one of `lengths` says: the blocks of a stage whose depth is searched too. Size: Σ size(item)^length;
 * encoding: the length one-hot, then the items, zeros where there is none. What a shorter list lacks is no part of it, so no network comes twice.
 * @throws LabError `search/space` for a length that is no whole number from 0, or that comes twice.
 * @example
 * // Once-for-all: five stages of two to four blocks, each with a kernel size and an expansion
 * const stage = lists(choices({ kernel: [3, 5, 7], expand: [3, 4, 6] }), { lengths: [2, 3, 4] });
 * lists(stage, { lengths: [5] }).size() / (9 ** 2 + 9 ** 3 + 9 ** 4) ** 5; // → 1
 */
export function lists<C>(item: Space<C>, options: { readonly lengths: readonly number[] }): Space<readonly C[]> {
  const lengths = [...options.lengths].sort((a, b) => a - b);
  const wrong = lengths.find(length => !Number.isInteger(length) || length < 0);
  if (wrong !== undefined)
    throw new LabError('search/space', `A list is a whole number long; got ${wrong}.`, 'Such as lengths: [2, 3, 4].');
  const length = oneOf(lengths);
  const longest = lengths.at(-1) as number;
  const variables = length.variables + longest * item.variables;
  const listOf = (count: number, at: (i: number) => C): readonly C[] => Object.freeze(Array.from({ length: count }, (_, i) => at(i)));
  return Object.freeze({
    variables,
    width: length.width + longest * item.width,
    size: () => lengths.reduce((sum, count) => sum + item.size() ** count, 0),
    sample: (rng: Random) => listOf(length.sample(rng), () => item.sample(rng)),
    contains: (candidate: unknown) =>
      Array.isArray(candidate) && length.contains(candidate.length) && candidate.every(one => item.contains(one)),
    mutate(list: readonly C[], rng: Random, { rate = 1 / Math.max(1, variables) }: { readonly rate?: number } = {}) {
      assertRate(rate);
      const count = length.mutate(list.length, rng, { rate });
      return listOf(count, i => (i < list.length ? item.mutate(list[i] as C, rng, { rate }) : item.sample(rng)));
    },
    crossover(a: readonly C[], b: readonly C[], rng: Random) {
      const [short, long] = a.length < b.length ? [a, b] : [b, a];
      const count = length.crossover(a.length, b.length, rng);
      return listOf(count, i => (i < short.length ? item.crossover(a[i] as C, b[i] as C, rng) : (long[i] as C)));
    },
    encode: (list: readonly C[]) =>
      endToEnd([
        oneHot(length.width, lengths.indexOf(list.length)),
        ...list.map(one => item.encode(one)),
        new Float64Array((longest - list.length) * item.width),
      ]),
    *candidates(): Iterable<readonly C[]> {
      for (const count of lengths)
        for (const list of combinations(Array.from({ length: count }, () => item))) yield Object.freeze(list) as readonly C[];
    },
  });
}
