import { LabError } from '../../../tensor/errors.ts';
import type { BitAllocation, BitPoint } from './bit-table.ts';

/** What the weights may take together: bytes with scales and all, or so many bits a weight on average, codes alone. */
export type BitBudget = { readonly bytes: number } | { readonly meanBits: number };

/** A budget over a table, in bits: what a row costs, and what all may cost. */
export interface BitLimit {
  readonly limit: number;
  cost(point: BitPoint): number;
}

/** One parameter with its rows, in the order of the table. */
export type Rows = readonly (readonly BitPoint[])[];

/**
 * The rows of each parameter.
 * @throws LabError `quantize/table` for none, a width twice, or a loss that is not finite.
 */
export function rowsOf(points: readonly BitPoint[]): Rows {
  const rows = new Map<string, BitPoint[]>();
  for (const point of points) {
    const { parameter, bits, loss } = point;
    const own = rows.get(parameter) ?? [];
    if (own.some(other => other.bits === bits) || !Number.isFinite(loss))
      throw new LabError(
        'quantize/table',
        `The table has ${Number.isFinite(loss) ? 'two losses' : `the loss ${loss}`} for ${parameter} at ${bits} bits.`,
        'One finite loss for each parameter and width.',
      );
    rows.set(parameter, [...own, point]);
  }
  if (rows.size === 0) throw new LabError('quantize/table', 'The table has no rows.', 'weightErrors and bitSensitivity make one.');
  return [...rows.values()];
}

/**
 * The budget over these rows.
 * @throws LabError `quantize/budget` for one that is no finite number above 0, or that even the cheapest widths exceed.
 */
export function limitOf(rows: Rows, budget: BitBudget): BitLimit {
  const asked = 'bytes' in budget ? budget.bytes : budget.meanBits;
  if (!(asked > 0 && Number.isFinite(asked)))
    throw new LabError(
      'quantize/budget',
      `A budget is a finite number above 0; got ${asked}.`,
      'Such as { bytes: 50000 } or { meanBits: 3 }.',
    );
  const weights = rows.reduce((sum, [first]) => sum + (first as BitPoint).weights, 0);
  const made: BitLimit =
    'bytes' in budget
      ? { limit: budget.bytes * 8, cost: ({ storage }) => storage }
      : { limit: budget.meanBits * weights, cost: point => point.bits * point.weights };
  const least = rows.reduce((sum, own) => sum + Math.min(...own.map(made.cost)), 0);
  if (least <= made.limit) return made;
  throw new LabError(
    'quantize/budget',
    'bytes' in budget
      ? `The cheapest widths of the table take ${Math.ceil(least / 8)} bytes; the budget is ${asked}.`
      : `The cheapest widths of the table have ${least / weights} bits a weight; the budget is ${asked}.`,
    'Allow more, or put smaller widths into the table.',
  );
}

/** The rows of an allocation as one. */
export function allocationOf(taken: readonly BitPoint[]): BitAllocation {
  return Object.freeze(Object.fromEntries(taken.map(({ parameter, bits }) => [parameter, bits])));
}
