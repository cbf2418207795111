import { LabError } from '../../../tensor/errors.ts';
import { random } from '../../../tensor/random.ts';
import type { BitAllocation, BitPoint } from './bit-table.ts';
import { allocationOf, type BitBudget, limitOf, rowsOf } from './budget.ts';

/** How close to the budget a random allocation is, and its seed. */
export interface RandomBitsOptions {
  /** The least share of the budget that it uses; default 0.96. */
  readonly share?: number;
  /** Default 0. */
  readonly seed?: number;
}

/** Draws before giving up. */
const draws = 20_000;

/**
 * The control for any allocation: a random width for each parameter, drawn again until the cost lies between `share` of the budget and all of it.
 * @throws LabError `quantize/budget`, also when no draw lies there; `quantize/table`.
 */
export function randomBits(points: readonly BitPoint[], budget: BitBudget, options: RandomBitsOptions = {}): BitAllocation {
  const { share = 0.96, seed = 0 } = options;
  const rows = rowsOf(points);
  const { limit, cost } = limitOf(rows, budget);
  const rng = random(seed).split('random bits');
  for (let draw = 0; draw < draws; draw++) {
    const taken = rows.map(own => rng.pick(own));
    const total = taken.reduce((sum, point) => sum + cost(point), 0);
    if (total >= share * limit && total <= limit) return allocationOf(taken);
  }
  throw new LabError(
    'quantize/budget',
    `None of ${draws} random allocations uses ${share} to 1 of the budget.`,
    'Ask for a smaller share, or put more widths into the table.',
  );
}
