import { random } from '../tensor/random.ts';
import type { SearchResult } from './result.ts';
import type { Space } from './space.ts';
import { openTrials, type SearchOptions } from './trials.ts';

/** Up to this many candidates are listed and shuffled, so that none is drawn twice. */
const small = 4096;

/**
 * Random search: candidates as `sample` draws them, each tried once; the yardstick for every other strategy. A space of up to 4096 candidates is gone
 * through in random order, so with as many evaluations the result is exact. Li and Talwalkar 2019.
 * @throws LabError `search/evaluations`, `search/budget`, `search/history`, `search/candidate`, `search/cost`, `search/score`, `train/interrupted`.
 * @example
 * const space = choices({ first: [2, 4, 8], second: [2, 4, 8] });
 * const limits = { bits: { cost: c => c.first + c.second, budget: 10 } };
 * const { best, feasible, history } = await randomSearch(space, { evaluate: c => c.first * c.second, limits, evaluations: 9 });
 * [best.first * best.second, feasible, history.length]; // → [16, true, 9]
 */
export async function randomSearch<C>(space: Space<C>, options: SearchOptions<C>): Promise<SearchResult<C>> {
  const rng = random(options.seed ?? 0).split('random search');
  if (space.size() > small) {
    const trials = openTrials(space, options);
    while (trials.open) await trials.propose(space.sample(rng));
    return trials.result();
  }
  const trials = openTrials(space, { ...options, patience: Number.POSITIVE_INFINITY });
  const all = [...space.candidates()];
  for (const place of rng.permutation(all.length)) {
    if (!trials.open) break;
    await trials.propose(all[place] as C);
  }
  return trials.result();
}
