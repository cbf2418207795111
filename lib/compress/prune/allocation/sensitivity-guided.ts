import type { Model } from '../../../model/model.ts';
import { LabError } from '../../../tensor/errors.ts';
import type { Granularity } from '../granularity/granularity.ts';
import type { Criterion } from '../importance/criterion.ts';
import { pruneMagnitude } from '../magnitude.ts';
import { assertWeights, weightNames, weightValue } from '../weights.ts';
import type { Budget } from './budget.ts';
import type { SensitivityPoint } from './sensitivity-scan.ts';
import type { Allocation } from './uniform.ts';

export interface GuidedOptions {
  /** What `sensitivityScan` measured. */
  readonly points: readonly SensitivityPoint[];
  /** The score of the model as it is. */
  readonly score: number;
  readonly budget: Budget;
  /** As in the scan. */
  readonly granularity?: Granularity;
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
 * Sparsities by parameter, out of those scanned, that meet a budget with the least expected loss: the drops of the layers are taken to add up, and
 * the step with the least extra drop for what it saves is taken until the budget holds (greedy multiple-choice knapsack). Parameters without
 * points stay as they are, and count.
 * @throws LabError `prune/budget` when the highest scanned sparsities do not meet it, `prune/parameter`, `prune/finite`.
 */
export function sensitivityAllocation(model: Model, options: GuidedOptions): Allocation {
  const { points, score, budget } = options;
  const names = [...new Set([...weightNames(model), ...points.map(point => point.parameter)])];
  assertWeights(model, names);
  const weights = names.map(name => weightValue(model, name));
  const limit = budget.limit(weights);
  const choices = points.map((point): Choice => {
    const pruned = pruneMagnitude(model, { ...options, sparsity: point.sparsity, parameters: [point.parameter] });
    return { ...point, cost: budget.cost(weightValue(pruned, point.parameter)), drop: Math.max(0, score - point.score) };
  });
  const taken = new Map(
    names.map((name, i) => [name, { parameter: name, sparsity: 0, cost: budget.cost(weights[i] as (typeof weights)[0]), drop: 0 }]),
  );
  const total = (): number => [...taken.values()].reduce((sum, { cost }) => sum + cost, 0);
  while (total() > limit) {
    const next = cheapestStep(choices, taken);
    if (!next) throw outOfReach(budget, { limit, least: total() });
    taken.set(next.parameter, next);
  }
  return Object.fromEntries(
    [...taken.values()].filter(({ sparsity }) => sparsity > 0).map(({ parameter, sparsity }) => [parameter, sparsity]),
  );
}

/** The choice with the least extra drop for each unit of cost that it saves over what is taken now. */
function cheapestStep(choices: readonly Choice[], taken: ReadonlyMap<string, Choice>): Choice | undefined {
  let best: { readonly choice: Choice; readonly price: number } | undefined;
  for (const choice of choices) {
    const now = taken.get(choice.parameter) as Choice;
    if (choice.cost >= now.cost) continue;
    const price = (choice.drop - now.drop) / (now.cost - choice.cost);
    if (!best || price < best.price) best = { choice, price };
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
