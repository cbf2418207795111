import { LabError } from '../tensor/errors.ts';
import { turns } from '../train/turn.ts';
import { assertLimits, type CostLimits, costsOf, excessOf } from './limits.ts';
import { candidateScore, type Evaluate } from './objective.ts';
import type { SearchResult, Trial } from './result.ts';
import { keyOf, type Space } from './space.ts';

/** What every strategy takes. */
export interface SearchOptions<C> {
  /** Scores a candidate, higher is better: a model made of it, a predictor, a table. Only what is within all limits is scored. */
  readonly evaluate: Evaluate<C>;
  /** None by default. */
  readonly limits?: CostLimits<C>;
  /** Candidates to score; default 100. */
  readonly evaluations?: number;
  /** Of the strategy's draws; default 0. */
  readonly seed?: number;
  /** Puts another candidate in the place of each proposal, such as one that is within the budget. */
  readonly repair?: (candidate: C) => C | Promise<C>;
  /**
   * What a run before has tried: none of it is costed or scored again. With the same options a run that was stopped goes on where it was, and its
   * result is that of a run that was not.
   */
  readonly history?: readonly Trial<C>[];
  /** Proposals in a row that may bring nothing new to score before the search ends; default 1000. */
  readonly patience?: number;
  /** Called for each candidate that is tried, but for those in `history`. */
  readonly onCandidate?: (trial: Trial<C>) => void;
  /** Stops the search at the next candidate; in a notebook the interrupt button does by default. */
  readonly signal?: AbortSignal;
}

/** A search under way: what a strategy needs to try candidates, each once. */
export interface Trials<C> {
  /** False when enough is scored, all of the space is tried, or patience is at its end. */
  readonly open: boolean;
  /** Candidates that were scored so far: those within the limits. */
  readonly scored: number;
  /** Costs a candidate and, within the limits, scores it; `fresh` is false when this run had tried it before. */
  propose(candidate: C): Promise<{ readonly trial: Trial<C>; readonly fresh: boolean }>;
  /** Best first: by score, then those over a budget, by how much they are over it. */
  ranked(trials: readonly Trial<C>[]): Trial<C>[];
  result(): Promise<SearchResult<C>>;
}

/**
 * Checks the options of a search, and opens it.
 * @throws LabError `search/evaluations`, `search/budget`, `search/history`; later `search/candidate`, `search/cost`, `search/score`,
 * `train/interrupted`.
 */
export function openTrials<C>(space: Space<C>, options: SearchOptions<C>): Trials<C> {
  const { limits = {}, evaluations = 100, repair, patience = 1000, onCandidate } = options;
  if (!Number.isInteger(evaluations) || evaluations < 1)
    throw new LabError('search/evaluations', `A search scores 1 or more candidates; got ${evaluations}.`, 'Try 100.');
  assertLimits(limits);
  const known = knownTrials(space, options);
  const tried = new Map<string, Trial<C>>();
  const turn = turns(options.signal);
  let [scored, fruitless] = [0, 0];
  const ranked: Trials<C>['ranked'] = trials => {
    const placed = trials.map(trial => ({ trial, excess: excessOf(trial.costs, limits), score: trial.score ?? 0 }));
    return placed.sort((a, b) => (a.excess === b.excess ? b.score - a.score : a.excess - b.excess)).map(({ trial }) => trial);
  };
  return {
    get open() {
      return scored < evaluations && tried.size < space.size() && fruitless < patience;
    },
    get scored() {
      return scored;
    },
    async propose(proposal) {
      await turn();
      const candidate = repair ? inside(space, await repair(proposal)) : proposal;
      const key = keyOf(space, candidate);
      const before = tried.get(key);
      const trial = before ?? (await tryOut(candidate, options, known.get(key)));
      const fresh = !before;
      fruitless = fresh && trial.feasible ? 0 : fruitless + 1;
      if (fresh) {
        tried.set(key, trial);
        scored += Number(trial.feasible);
        if (trial !== known.get(key)) onCandidate?.(trial);
      }
      return { trial, fresh };
    },
    ranked,
    async result() {
      const history = Object.freeze([...tried.values()]);
      const { candidate, costs, feasible, score } = ranked(history)[0] as Trial<C>;
      return Object.freeze({
        best: candidate,
        score: score ?? (await candidateScore(candidate, options.evaluate)),
        costs,
        feasible,
        history,
      });
    },
  };
}

/** Costs first; the score only within the limits. Gives back what is known when that says it all. */
async function tryOut<C>(candidate: C, { limits = {}, evaluate }: SearchOptions<C>, known: Trial<C> | undefined): Promise<Trial<C>> {
  const costs = known?.costs ?? (await costsOf(candidate, limits));
  const feasible = excessOf(costs, limits) === 0;
  if (known?.feasible === feasible && (known.score !== undefined || !feasible)) return known;
  if (!feasible) return Object.freeze({ candidate, costs, feasible });
  return Object.freeze({ candidate, costs, feasible, score: known?.score ?? (await candidateScore(candidate, evaluate)) });
}

function knownTrials<C>(space: Space<C>, { history = [], limits = {} }: SearchOptions<C>): Map<string, Trial<C>> {
  for (const { candidate, costs, score = 0 } of history) {
    const lacks = Object.keys(limits).find(name => typeof costs[name] !== 'number' || Number.isNaN(costs[name]));
    const what = !space.contains(candidate)
      ? 'is not of this space'
      : lacks !== undefined
        ? `has no cost ${lacks}`
        : Number.isFinite(score)
          ? undefined
          : `has the score ${score}`;
    if (what)
      throw new LabError('search/history', `The history's ${JSON.stringify(candidate)} ${what}.`, 'Take the history of the same search.');
  }
  return new Map(history.map(trial => [keyOf(space, trial.candidate), trial]));
}

function inside<C>(space: Space<C>, candidate: C): C {
  if (space.contains(candidate)) return candidate;
  throw new LabError(
    'search/candidate',
    `repair gave ${JSON.stringify(candidate)}, which is not in the space.`,
    'It moves within the space.',
  );
}
