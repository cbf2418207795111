import type { Model } from '../../../model/model.ts';
import { weightNames, weightValue } from '../../../model/weights.ts';
import type { Allocation } from '../../../search/allocation.ts';
import type { NDArray } from '../../../tensor/array.ts';
import { LabError } from '../../../tensor/errors.ts';
import type { Granularity } from '../granularity/granularity.ts';
import type { Criterion } from '../importance/criterion.ts';
import { pruneMagnitude } from '../magnitude.ts';
import { assertWeights } from '../weights.ts';
import type { Budget } from './budget.ts';
import type { SensitivityPoint } from './sensitivity-scan.ts';

/** What was measured, and what the model may cost. */
export interface GuidedOptions {
  /** What `sensitivityScan` measured. */
  readonly points: readonly SensitivityPoint[];
  /** The score of the model as it is. */
  readonly score: number;
  /** What the weights may cost together. */
  readonly budget: Budget;
  /** As in the scan. */
  readonly granularity?: Granularity;
  /** As in the scan. */
  readonly criterion?: Criterion;
}

/** A scanned sparsity of one parameter: what it costs then, and what the score loses. */
interface Choice {
  readonly parameter: string;
  readonly sparsity: number;
  readonly cost: number;
  readonly drop: number;
}

/**
 * Sparsities by parameter, out of those scanned, that meet a budget with little expected loss: the drops of the layers are taken to add up; the step
 * with the least extra drop for what it saves is taken until the budget holds, then what it left over is given back where that helps most (greedy
 * multiple-choice knapsack). Parameters without points stay as they are, and count.
 * @throws LabError `prune/budget` when the highest scanned sparsities do not meet it, `prune/parameter`, `prune/finite`.
 */
export function sensitivityAllocation(model: Model, options: GuidedOptions): Allocation {
  const { points, budget } = options;
  const names = [...new Set([...weightNames(model), ...points.map(point => point.parameter)])];
  assertWeights(model, names);
  const weights = names.map(name => weightValue(model, name));
  const limit = budget.limit(weights);
  const dense = names.map((parameter, i): Choice => ({ parameter, sparsity: 0, drop: 0, cost: budget.cost(weights[i] as NDArray) }));
  const choices = [...dense, ...points.map(point => choiceAt(model, point, options))];
  const taken = new Map(dense.map(choice => [choice.parameter, choice]));
  const total = (): number => [...taken.values()].reduce((sum, { cost }) => sum + cost, 0);
  while (total() > limit) {
    const next = cheapestStep(choices, taken);
    if (!next) throw outOfReach(budget, { limit, least: total() });
    taken.set(next.parameter, next);
  }
  for (let next = bestReturn(choices, taken, limit - total()); next; next = bestReturn(choices, taken, limit - total()))
    taken.set(next.parameter, next);
  const pruned = [...taken.values()].filter(({ sparsity }) => sparsity > 0);
  return Object.fromEntries(pruned.map(({ parameter, sparsity }) => [parameter, sparsity]));
}

function choiceAt(model: Model, { parameter, sparsity, score }: SensitivityPoint, options: GuidedOptions): Choice {
  const { granularity, criterion, budget } = options;
  const pruned = pruneMagnitude(model, { sparsity, parameters: [parameter], granularity, criterion });
  return { parameter, sparsity, cost: budget.cost(weightValue(pruned, parameter)), drop: Math.max(0, options.score - score) };
}

type Taken = ReadonlyMap<string, Choice>;

/** The choice with the least extra drop for each unit of cost that it saves over what is taken now. */
function cheapestStep(choices: readonly Choice[], taken: Taken): Choice | undefined {
  return leastOf(choices, choice => {
    const now = taken.get(choice.parameter) as Choice;
    return choice.cost < now.cost ? (choice.drop - now.drop) / (now.cost - choice.cost) : undefined;
  });
}

/** The choice that takes back most of the drop, among those that cost at most `spare` more. */
function bestReturn(choices: readonly Choice[], taken: Taken, spare: number): Choice | undefined {
  return leastOf(choices, choice => {
    const now = taken.get(choice.parameter) as Choice;
    return choice.drop < now.drop && choice.cost - now.cost <= spare ? choice.drop - now.drop : undefined;
  });
}

/** The choice of the least price, the first of equals; those without a price are out. */
function leastOf(choices: readonly Choice[], price: (choice: Choice) => number | undefined): Choice | undefined {
  let best: { readonly choice: Choice; readonly at: number } | undefined;
  for (const choice of choices) {
    const at = price(choice);
    if (at !== undefined && (!best || at < best.at)) best = { choice, at };
  }
  return best?.choice;
}

function outOfReach({ name }: Budget, { limit, least }: { limit: number; least: number }): LabError {
  return new LabError(
    'prune/budget',
    `The highest scanned sparsities cost ${least}; the budget (${name}) allows ${limit}.`,
    'Scan higher sparsities, or allow more.',
  );
}
