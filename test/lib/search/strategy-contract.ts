import { describe, expect, it } from 'vitest';
import { type ChoiceSpace, choices } from '../../../lib/search/choices.ts';
import type { CostLimits } from '../../../lib/search/limits.ts';
import type { SearchResult, Trial } from '../../../lib/search/result.ts';
import { keyOf } from '../../../lib/search/space.ts';
import type { SearchOptions } from '../../../lib/search/trials.ts';
import { tensorCount } from '../../../lib/tensor/scope.ts';

type Bits = Readonly<Record<string, number>>;
export type Strategy = (space: ChoiceSpace<Bits>, options: SearchOptions<Bits>) => Promise<SearchResult<Bits>>;

const names = ['a', 'b', 'c', 'd', 'e'];
const space = choices<Bits>(Object.fromEntries(names.map(name => [name, [0, 1, 2, 3]])));
const sum = (candidate: Bits): number => names.reduce((total, name) => total + (candidate[name] as number), 0);
/** Separable: what each value of each name is worth; the best of all, 3 1 2 0 3, is over the limits below. */
const worth: Readonly<Record<string, readonly number[]>> = {
  a: [0, 2, 5, 9],
  b: [1, 4, 3, 0],
  c: [0, 3, 6, 5],
  d: [2, 1, 0, 1],
  e: [0, 1, 2, 4],
};
const value = (candidate: Bits): number => names.reduce((total, name) => total + (worth[name]?.[candidate[name] as number] as number), 0);
const limits: CostLimits<Bits> = { sum: { cost: sum, budget: 7 }, largest: { cost: async c => Math.max(...Object.values(c)), budget: 3 } };
const within = (candidate: Bits): boolean => sum(candidate) <= 7;
/** A larger space, of 16,807: separable too, best at 5 1 3 0 2. */
const large = choices<Bits>(Object.fromEntries(names.map(name => [name, [0, 1, 2, 3, 4, 5, 6]])));
const planted: Bits = { a: 5, b: 1, c: 3, d: 0, e: 2 };
const nearness = (candidate: Bits): number =>
  -names.reduce((total, name) => total + ((candidate[name] as number) - (planted[name] as number)) ** 2, 0);

/** What holds for every strategy; one joins by a call. `evaluations`: as many as it may score to come near a planted optimum. */
export function describeStrategy(name: string, search: Strategy, { evaluations }: { readonly evaluations: number }): void {
  describe(`strategy: ${name}`, () => {
    const options = { evaluate: value, limits, evaluations: 20, seed: 3 };

    it('comes near the planted optimum of a separable problem: among the best 41 of 16,807', async () => {
      for (const seed of [0, 1, 2]) {
        const found = await search(large, { evaluate: nearness, evaluations, seed });
        expect(found.feasible).toBe(true);
        expect(found.score).toBeGreaterThanOrEqual(-2);
      }
    });

    it('honours every limit, evaluates nothing that is over one, and nothing twice', async () => {
      const scored: string[] = [];
      const evaluate = async (candidate: Bits): Promise<number> => {
        expect(within(candidate)).toBe(true);
        scored.push(keyOf(space, candidate));
        return value(candidate);
      };
      const found = await search(space, { ...options, evaluate });
      expect(within(found.best) && found.feasible).toBe(true);
      expect(new Set(scored).size).toBe(scored.length);
      expect(scored.length).toBeLessThanOrEqual(20);
      expect(scored.length).toBeGreaterThan(5);
    });

    it('has a history that is consistent with its result, and told as it goes', async () => {
      const told: Trial<Bits>[] = [];
      const found = await search(space, { ...options, onCandidate: trial => told.push(trial) });
      expect(found.history).toEqual(told);
      expect(new Set(told.map(({ candidate }) => keyOf(space, candidate))).size).toBe(told.length);
      for (const { candidate, costs, feasible, score } of told) {
        expect(costs).toEqual({ sum: sum(candidate), largest: Math.max(...Object.values(candidate)) });
        expect(feasible).toBe(within(candidate));
        expect(score).toBe(feasible ? value(candidate) : undefined);
      }
      expect(found.score).toBe(Math.max(...told.map(({ score }) => score ?? Number.NEGATIVE_INFINITY)));
      expect([value(found.best), sum(found.best)]).toEqual([found.score, found.costs.sum]);
      expect(JSON.parse(JSON.stringify(found))).toEqual(found);
    });

    it('gives the same for the same seed, and other candidates for another', async () => {
      const found = await search(space, options);
      expect(await search(space, { ...options, evaluate: async candidate => value(candidate) })).toEqual(found);
      expect((await search(space, { ...options, seed: 4 })).history).not.toEqual(found.history);
    });

    it('says when nothing is within the limits, and gives the nearest', async () => {
      const impossible = { sum: { cost: (c: Bits) => 1 + sum(c), budget: 0.5 } };
      let scored = 0;
      const evaluate = (candidate: Bits): number => [scored++, value(candidate)][1] as number;
      const found = await search(space, { ...options, evaluate, limits: impossible, patience: 200 });
      expect(found.feasible).toBe(false);
      expect(scored).toBe(1);
      expect(found.history.some(({ feasible }) => feasible)).toBe(false);
      expect(found.costs.sum).toBe(Math.min(...found.history.map(({ costs }) => costs.sum as number)));
      expect(found.score).toBe(value(found.best));
    });

    it('moves proposals where `repair` says, and refuses a repair that leaves the space', async () => {
      const repair = (candidate: Bits): Bits => ({ ...candidate, a: 0, e: 0 });
      const { history } = await search(space, { ...options, repair });
      expect(history.length).toBeGreaterThan(5);
      expect(history.every(({ candidate }) => candidate.a === 0 && candidate.e === 0)).toBe(true);
      await expect(search(space, { ...options, repair: c => ({ ...c, a: 9 }) })).rejects.toMatchObject({ code: 'search/candidate' });
    });

    it('stops when told, and goes on from what it had tried as if nothing had been', async () => {
      const whole = await search(space, options);
      const tensors = tensorCount();
      const abort = new AbortController();
      const history: Trial<Bits>[] = [];
      const onCandidate = (trial: Trial<Bits>): void => {
        history.push(trial);
        if (history.length === 8) abort.abort();
      };
      await expect(search(space, { ...options, signal: abort.signal, onCandidate })).rejects.toMatchObject({ code: 'train/interrupted' });
      expect(history).toEqual(whole.history.slice(0, 8));
      expect(tensorCount()).toBe(tensors);
      const again: Bits[] = [];
      const evaluate = (candidate: Bits): number => [again.push(candidate), value(candidate)][1] as number;
      const saved = JSON.parse(JSON.stringify(history));
      expect(await search(space, { ...options, evaluate, history: saved })).toEqual(whole);
      expect(again).toEqual(
        whole.history
          .slice(8)
          .filter(({ feasible }) => feasible)
          .map(({ candidate }) => candidate),
      );
    });

    it('refuses by name what makes no sense', async () => {
      const refused = (changes: Partial<SearchOptions<Bits>>, code: string): Promise<void> =>
        expect(search(space, { ...options, ...changes })).rejects.toMatchObject({ code });
      await refused({ evaluate: () => Number.NaN }, 'search/score');
      await refused({ limits: { sum: { cost: () => Number.NaN, budget: 1 } } }, 'search/cost');
      await refused({ limits: { sum: { cost: sum, budget: Number.NaN } } }, 'search/budget');
      await refused({ limits: { sum: { cost: sum, budget: -1 } } }, 'search/budget');
      for (const none of [0, 1.5]) await refused({ evaluations: none }, 'search/evaluations');
      await refused({ history: [{ candidate: { a: 9 }, costs: { sum: 9, largest: 9 }, feasible: false }] }, 'search/history');
      await refused({ history: [{ candidate: { a: 0, b: 0, c: 0, d: 0, e: 0 }, costs: {}, feasible: true, score: 1 }] }, 'search/history');
    });
  });
}
