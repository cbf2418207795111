import { assertSparsity } from '../model/sparsity.ts';
import { LabError } from '../tensor/errors.ts';
import { type Allocation, uniformAllocation } from './allocation.ts';
import { type Kept, keptOf, type PruningSpace } from './kept.ts';
import { largestThatFits } from './largest-that-fits.ts';
import type { CostLimit } from './limits.ts';

/** One limit on the cost of a model; `joinLimits` makes one of several. */
export interface CostBudget extends CostLimit {
  /** The largest share of its units that a part may lose; default 0.8. */
  readonly maximum?: number;
}

/**
 * The units that stay when these ratios are moved onto a budget: all are multiplied by one factor, up to the maximum, then what is left over is
 * given back part by part. The cost is within the budget, and no part could keep one unit more.
 * @throws LabError `prune/budget` when even the maximum everywhere costs more, `prune/maximum`, `prune/part`, `prune/sparsity`.
 */
export async function projectToBudget(space: PruningSpace, ratios: Allocation, options: CostBudget): Promise<Kept> {
  const { cost, budget, maximum = 0.8 } = options;
  if (!(maximum > 0 && maximum < 1))
    throw new LabError('prune/maximum', `The largest ratio lies between 0 and 1; got ${maximum}.`, 'AMC takes 0.8.');
  assertRatios(space, ratios);
  const names = Object.keys(space.units);
  const fits = async (kept: Kept): Promise<boolean> => (await cost(space.keep(kept))) <= budget;
  const least = keptOf(space, uniformAllocation(names, maximum));
  if (!(await fits(least))) throw outOfReach(budget, await cost(space.keep(least)), maximum);
  const scaled = (place: number): Kept => keptOf(space, scaledRatios(names, { ratios, maximum, place: place / places }));
  const kept: Record<string, number> = { ...scaled(await largestThatFits(0, places, place => fits(scaled(place)))) };
  for (const name of names)
    kept[name] = await largestThatFits(kept[name] as number, space.units[name] as number, count => fits({ ...kept, [name]: count }));
  return kept;
}

const places = 4096;

/** The ratios times (1 - place) / place, cut at the maximum: from that everywhere (place 0) through the ratios themselves (½) to nothing (1). */
function scaledRatios(names: readonly string[], path: { ratios: Allocation; maximum: number; place: number }): Allocation {
  const { ratios, maximum, place } = path;
  const factor = (1 - place) / place;
  // a ratio of 0 counts as a small one, so that the maximum can be reached everywhere
  return Object.fromEntries(names.map(name => [name, Math.min(maximum, Math.max(ratios[name] ?? 0, 1e-3) * factor)]));
}

function assertRatios({ units }: PruningSpace, ratios: Allocation): void {
  for (const [name, ratio] of Object.entries(ratios)) {
    assertSparsity(`Part ${name}`, ratio);
    if (units[name] === undefined)
      throw new LabError('prune/part', `There is no part ${name} to prune.`, `Parts: ${Object.keys(units).join(', ')}.`);
  }
}

function outOfReach(budget: number, least: number, maximum: number): LabError {
  return new LabError(
    'prune/budget',
    `With ${maximum} of the units of every part gone the model costs ${least}; the budget is ${budget}.`,
    'Allow a higher maximum, or a larger budget.',
  );
}
