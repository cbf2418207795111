import type { Costs } from './limits.ts';

/** What a search learnt of one candidate. Plain data: it survives JSON. */
export interface Trial<C> {
  readonly candidate: C;
  /** By the names of the limits. */
  readonly costs: Costs;
  /** Whether every cost is within its budget. */
  readonly feasible: boolean;
  /** Absent when the candidate was not scored, being over a budget. */
  readonly score?: number;
}

/** What every search gives. */
export interface SearchResult<C> {
  /** The candidate of the highest score within all budgets; when there was none, the one that is the least over them. */
  readonly best: C;
  readonly score: number;
  readonly costs: Costs;
  /** Whether `best` is within all budgets. Look at it first: false says that nothing was found that is. */
  readonly feasible: boolean;
  /** Every candidate that was tried, in order, each once. */
  readonly history: readonly Trial<C>[];
}
