import type { Random } from '../tensor/random.ts';

/** What may be chosen: values that survive JSON, so that a search can be saved and taken up again. */
export type Choice = string | number | boolean;

/**
 * What a search looks through: bit widths of layers, ratios of parts, an elastic network. Candidates are plain data. `choices`, `product`, `lists` and
 * `oneOf` make spaces; anything else with these members is one too.
 */
export interface Space<C> {
  /** Choices that a candidate is made of, at most; those with a single value don't count. */
  readonly variables: number;
  /** Length of the encoding. */
  readonly width: number;
  /** How many candidates there are, rounded beyond 2^53. */
  size(): number;
  /** A candidate, every choice on the way with equal chances. */
  sample(rng: Random): C;
  contains(candidate: unknown): boolean;
  /** A copy in which every choice moves to another of its values with probability `rate`, 0–1; default 1 / variables, one change on average. */
  mutate(candidate: C, rng: Random, options?: { readonly rate?: number }): C;
  /** A candidate whose every choice is that of one of two parents, with equal chances. */
  crossover(a: C, b: C, rng: Random): C;
  /** Numbers for a predictor, 0 … 1, different for different candidates: of the spaces here one-hot, with zeros for what a candidate lacks. */
  encode(candidate: C): Float64Array;
  /** All candidates, one after the other, in a fixed order. See `size` first. */
  candidates(): Iterable<C>;
}

/** What tells candidates apart: their encoding as text. */
export function keyOf<C>(space: Space<C>, candidate: C): string {
  return space.encode(candidate).join();
}
