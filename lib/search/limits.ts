import type { Model } from '../model/model.ts';
import { LabError } from '../tensor/errors.ts';

/** What a candidate, or the model made of it, costs in any unit: MACs, bytes, milliseconds. For pruning, less for fewer units. */
export type Cost<C = Model> = (candidate: C) => number | Promise<number>;

/** A cost and the most that a candidate may have of it. */
export interface CostLimit<C = Model> {
  /** What is limited. */
  readonly cost: Cost<C>;
  /** The most that it may cost, in the cost's unit. */
  readonly budget: number;
}

/** Limits that hold together, by name: `{ macs: { cost, budget }, bytes: { cost, budget } }`. */
export type CostLimits<C = Model> = Readonly<Record<string, CostLimit<C>>>;

/** What a candidate costs, by the names of the limits. */
export type Costs = Readonly<Record<string, number>>;

/**
 * Refuses limits that say nothing.
 * @throws LabError `search/budget` for a budget that is no number from 0 (Infinity is none, and records the cost).
 */
export function assertLimits<C>(limits: CostLimits<C>): void {
  for (const [name, { budget }] of Object.entries(limits))
    if (!(budget >= 0))
      throw new LabError('search/budget', `The budget of ${name} is a number from 0; got ${budget}.`, 'Give it in the unit of the cost.');
}

/**
 * What a candidate costs.
 * @throws LabError `search/cost` for a cost that is no number.
 */
export async function costsOf<C>(candidate: C, limits: CostLimits<C>): Promise<Costs> {
  const costs: Record<string, number> = {};
  for (const [name, { cost }] of Object.entries(limits)) {
    const value = await cost(candidate);
    if (typeof value !== 'number' || Number.isNaN(value))
      throw new LabError('search/cost', `The cost ${name} gave ${String(value)}.`, 'A cost is a number, such as macs(model).');
    costs[name] = value;
  }
  return Object.freeze(costs);
}

/** By how much costs are above their budgets: Σ max(0, cost / budget - 1), and 0 only within all of them. */
export function excessOf<C>(costs: Costs, limits: CostLimits<C>): number {
  let excess = 0;
  for (const [name, { budget }] of Object.entries(limits)) {
    const cost = costs[name] as number;
    if (cost > budget) excess += Math.max(Number.EPSILON, cost / budget - 1);
  }
  return excess;
}

/**
 * Several limits as one: its cost is the largest share of a budget that is used, max cost / budget, and its budget is 1. For what takes one cost, as
 * `amc`, `netAdapt` and `projectToBudget` do.
 * @throws LabError `search/budget` when there is none, or for a budget that is no finite number above 0.
 * @example
 * const dense = mlp({ hidden: [12, 12], seed: 1 });
 * const limits = { macs: { cost: macs, budget: 0.5 * macs(dense) }, bytes: { cost: modelSize, budget: 0.6 * modelSize(dense) } };
 * await joinLimits(limits).cost(dense); // → 2
 */
export function joinLimits<C = Model>(limits: CostLimits<C>): CostLimit<C> {
  const useless = Object.entries(limits).find(([, { budget }]) => !(budget > 0 && Number.isFinite(budget)));
  if (useless || Object.keys(limits).length === 0)
    throw new LabError(
      'search/budget',
      useless ? `The budget of ${useless[0]} is a finite number above 0; got ${useless[1].budget}.` : 'There is no limit to join.',
      'Such as { macs: { cost: macs, budget: 1e6 } }.',
    );
  const cost = async (candidate: C): Promise<number> => {
    const costs = await costsOf(candidate, limits);
    return Math.max(...Object.entries(limits).map(([name, { budget }]) => (costs[name] as number) / budget));
  };
  return Object.freeze({ cost, budget: 1 });
}
