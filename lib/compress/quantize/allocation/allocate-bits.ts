import type { BitAllocation, BitPoint } from './bit-table.ts';
import { allocationOf, type BitBudget, type BitLimit, limitOf, type Rows, rowsOf } from './budget.ts';

/** A choice for the parameters so far: what it costs and loses, its last row, and the choice that it goes on from. */
interface State {
  readonly cost: number;
  readonly loss: number;
  readonly point?: BitPoint;
  readonly before?: State;
}

/**
 * The widths of the least loss within a budget, one for each parameter of a table: min Σ Ω_i(b_i) with Σ cost_i(b_i) ≤ budget. Exact: parameter after
 * parameter, it keeps all partial choices than which none is both as cheap and as good (a multiple-choice knapsack by dynamic programming). Of equal
 * losses the cheaper choice wins. Cai et al. 2020 (ZeroQ), section 3.3.
 * @throws LabError `quantize/budget`, `quantize/table`.
 * @example
 * const row = (parameter, bits, loss) => ({ parameter, bits, loss, weights: 100, storage: 100 * bits });
 * const table = [row('a', 2, 5), row('a', 4, 1), row('b', 2, 2), row('b', 4, 1)];
 * allocateBits(table, { meanBits: 3 }); // → { a: 4, b: 2 }
 */
export function allocateBits(points: readonly BitPoint[], budget: BitBudget): BitAllocation {
  const rows = rowsOf(points);
  const limit = limitOf(rows, budget);
  return takenBy(bestStates(rows, limit).at(-1) as State);
}

/** A choice of widths than which none is both as cheap and as good. */
export interface BitChoice {
  /** What it takes in storage. */
  readonly bytes: number;
  /** Σ of the table's losses. */
  readonly loss: number;
  readonly allocation: BitAllocation;
}

/**
 * The Pareto front of a table, from the cheapest to the best: every allocation than which none takes as few bytes and loses as little. Cai et al. 2020
 * (ZeroQ), section 3.3.
 * @throws LabError `quantize/table`.
 * @example
 * const row = (parameter, bits, loss) => ({ parameter, bits, loss, weights: 4, storage: 4 * bits });
 * bitFrontier([row('a', 2, 5), row('a', 4, 1), row('a', 8, 2)]).map(({ bytes, loss }) => [bytes, loss]); // → [[1, 5], [2, 1]]
 */
export function bitFrontier(points: readonly BitPoint[]): readonly BitChoice[] {
  const states = bestStates(rowsOf(points), { limit: Number.POSITIVE_INFINITY, cost: ({ storage }) => storage });
  return states.map(state => Object.freeze({ bytes: state.cost / 8, loss: state.loss, allocation: takenBy(state) }));
}

function bestStates(rows: Rows, limit: BitLimit): readonly State[] {
  const rest = cheapestRest(rows, limit);
  let states: readonly State[] = [{ cost: 0, loss: 0 }];
  for (const [i, own] of rows.entries()) states = extended(states, own, { ...limit, limit: limit.limit - (rest[i + 1] as number) });
  return states;
}

function takenBy(last: State): BitAllocation {
  const taken: BitPoint[] = [];
  for (let state: State | undefined = last; state?.point; state = state.before) taken.unshift(state.point);
  return allocationOf(taken);
}

/** What the parameters from each place on cost at least. */
function cheapestRest(rows: Rows, { cost }: BitLimit): readonly number[] {
  const rest = [0];
  for (const own of [...rows].reverse()) rest.unshift((rest[0] as number) + Math.min(...own.map(cost)));
  return rest;
}

/** Each state with each row, of which those stay that cost more than another only if they lose less: from the cheapest on, losses fall. */
function extended(states: readonly State[], own: readonly BitPoint[], { limit, cost }: BitLimit): readonly State[] {
  const all: State[] = [];
  for (const point of own) {
    const more = cost(point);
    for (const before of states)
      if (before.cost + more <= limit) all.push({ cost: before.cost + more, loss: before.loss + point.loss, point, before });
  }
  all.sort((a, b) => a.cost - b.cost || a.loss - b.loss);
  const kept: State[] = [];
  for (const state of all) if (kept.length === 0 || state.loss < (kept.at(-1) as State).loss) kept.push(state);
  return kept;
}
