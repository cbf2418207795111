import type { Model } from '../../../model/model.ts';
import { weightNames } from '../../../model/weights.ts';
import type { AgentOf } from '../../../search/agent.ts';
import { agentSearch } from '../../../search/agent-search.ts';
import { choices } from '../../../search/choices.ts';
import type { CostLimit } from '../../../search/limits.ts';
import type { Evaluate } from '../../../search/objective.ts';
import type { SearchResult, Trial } from '../../../search/result.ts';
import { LabError } from '../../../tensor/errors.ts';
import { type BitAllocation, quantizeByBits, type SchemeOfBits } from './bit-table.ts';

/** A search for widths by an agent. */
export interface BitSearchOptions extends CostLimit<BitAllocation> {
  /** Scores an allocation within the budget, higher is better. */
  readonly evaluate: Evaluate<BitAllocation>;
  /** Allocations to try; default 100. */
  readonly episodes?: number;
  /** Default `crossEntropyAgent()`; or `actorCriticAgent()`, as HAQ. */
  readonly agent?: AgentOf;
  /** Of the agent's draws; default 0. */
  readonly seed?: number;
  /** Called with each allocation as it is tried. */
  readonly onCandidate?: (trial: Trial<BitAllocation>) => void;
  /** Stops the search at the next episode; default: the interrupt button, in a notebook. */
  readonly signal?: AbortSignal;
}

/** The same search over a model, whose quantized weights are scored. */
export interface HaqOptions extends Omit<BitSearchOptions, 'evaluate'> {
  /** Scores a quantized model, higher is better. */
  readonly evaluate: Evaluate;
  /** Widths to choose from, from small to large. */
  readonly bits: readonly number[];
  /** How weights of each width are quantized. */
  readonly scheme: SchemeOfBits;
  /** Names of the parameters; default: all weights. */
  readonly parameters?: readonly string[];
}

/**
 * HAQ: an agent gives each parameter a width, one after the other; while the whole costs more than the budget, widths go one step down in turn, the
 * last parameter's first; then the quantized model is scored and the agent learns from it. Any cost will do: bytes, or cycles of a simulated machine.
 * Wang et al. 2019, section 3.
 * @throws LabError `quantize/budget` when the smallest widths cost more than the budget; `search/…` as `agentSearch`.
 * @example
 * const [model, data] = [mlp({ hidden: [16], seed: 1 }), take(strokeGlyphs({ count: 64, seed: 1 }), 32)];
 * const scheme = bits => ({ format: quantize.affineFormat({ bits }) });
 * const cost = bits => bits['dense-1.kernel'] + bits['dense-2.kernel'];
 * const evaluate = outputDivergence(model, data.images);
 * const { best, feasible } = await haq(model, { bits: [2, 4, 8], scheme, cost, budget: 10, evaluate, episodes: 9 });
 * [feasible, cost(best) <= 10]; // → [true, true]
 */
export async function haq(model: Model, options: HaqOptions): Promise<SearchResult<BitAllocation>> {
  const { bits, scheme, parameters = weightNames(model), evaluate, ...search } = options;
  const score = (allocation: BitAllocation): number | Promise<number> => evaluate(quantizeByBits(model, allocation, scheme));
  return searchBits(Object.fromEntries(parameters.map(name => [name, bits])), { ...search, evaluate: score });
}

/**
 * The search of `haq` over widths alone, listed from small to large by parameter: for a score that is a table, or a planted problem.
 * @throws LabError `quantize/budget`, and as `agentSearch`.
 */
export async function searchBits(
  widths: Readonly<Record<string, readonly number[]>>,
  options: BitSearchOptions,
): Promise<SearchResult<BitAllocation>> {
  const { cost, budget, episodes, ...search } = options;
  const least = Object.fromEntries(Object.entries(widths).map(([name, values]) => [name, values[0] as number]));
  const cheapest = await cost(least);
  if (!(cheapest <= budget))
    throw new LabError(
      'quantize/budget',
      `The smallest widths cost ${cheapest}; the budget is ${budget}.`,
      'Allow more, or smaller widths.',
    );
  return agentSearch(choices<Record<string, number>>(widths), {
    ...search,
    ...(episodes !== undefined && { evaluations: episodes }),
    limits: { cost: { cost, budget } },
    repair: allocation => loweredToBudget(allocation, widths, { cost, budget }),
  });
}

async function loweredToBudget(
  allocation: BitAllocation,
  widths: Readonly<Record<string, readonly number[]>>,
  { cost, budget }: CostLimit<BitAllocation>,
): Promise<BitAllocation> {
  const names = Object.keys(widths).reverse();
  const lowered = { ...allocation };
  let total = await cost(lowered);
  while (total > budget)
    for (const name of names) {
      const values = widths[name] as readonly number[];
      const place = values.indexOf(lowered[name] as number);
      if (place === 0) continue;
      lowered[name] = values[place - 1] as number;
      total = await cost(lowered);
      if (total <= budget) break;
    }
  return Object.freeze(lowered);
}
