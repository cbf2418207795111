import type { Dataset } from '../../../../data/dataset.ts';
import type { Model } from '../../../../model/model.ts';
import type { Allocation } from '../../../../search/allocation.ts';
import { type CostBudget, projectToBudget } from '../../../../search/cost-budget.ts';
import { elitistEvolution } from '../../../../search/evolution.ts';
import { type Kept, keptChoices, ratiosOf } from '../../../../search/kept.ts';
import { type Evaluate, scoreOf } from '../../../../search/objective.ts';
import type { SearchResult } from '../../../../search/result.ts';
import { LabError } from '../../../../tensor/errors.ts';
import type { Examples } from '../../../../train/examples.ts';
import { channelSpace } from '../pruning-space.ts';
import { type PruningNetOptions, trainPruningNet } from './pruning-net.ts';

/** What MetaPruning searches for, and for how long. */
export interface MetaPruningOptions extends PruningNetOptions, CostBudget {
  /** Scores a model, higher is better. */
  readonly evaluate: Evaluate;
  /** Networks in a generation; default 20, of which the best quarter has as many children. */
  readonly population?: number;
  /** Generations after the first, random one; default 5. */
  readonly generations?: number;
}

/** The best network of the evolution. */
export interface MetaPruned extends SearchResult<Kept> {
  /** The pruned network with generated weights: a start for training. */
  readonly model: Model;
  /** Share of its units that each part loses. */
  readonly ratios: Allocation;
}

/**
 * MetaPruning: trains a PruningNet, which writes weights for any widths, then evolves widths within the budget (`elitistEvolution`, every child moved
 * onto the budget), scored with written weights and no training of their own. Liu et al. 2019, Algorithm 1. For small networks.
 * @throws LabError `prune/batch-norm` for a model with batch norm, whose running statistics nobody writes; `prune/budget`, `prune/score`.
 * @example
 * const data = strokeGlyphs({ count: 64, seed: 1 });
 * const dense = mlp({ hidden: [12, 12], seed: 1 });
 * const options = { evaluate: model => accuracy(model, data), cost: macs, budget: 0.5 * macs(dense), steps: 20, population: 8, generations: 2 };
 * const { model } = await metaPrune(dense, data, options);
 * macs(model) <= options.budget; // → true
 */
export async function metaPrune(model: Model, data: Dataset | Examples, options: MetaPruningOptions): Promise<MetaPruned> {
  const { population = 20, generations = 5, seed = 0, cost, budget, evaluate } = options;
  if (model.nodes.some(({ op }) => op === 'batch-norm'))
    throw new LabError('prune/batch-norm', 'A PruningNet writes no running statistics of batch norm.', 'Use a network without it.');
  const space = channelSpace()(model);
  await projectToBudget(space, {}, options);
  const net = await trainPruningNet(model, data, { ...options, space });
  const found = await elitistEvolution(keptChoices(space, { maximum: 1, levels: Number.POSITIVE_INFINITY }), {
    evaluate: kept => scoreOf(net.generate(kept), evaluate),
    limits: { cost: { cost: kept => cost(space.keep(kept)), budget } },
    repair: kept => projectToBudget(space, ratiosOf(space, kept), options),
    population,
    evaluations: population * (generations + 1),
    patience: 4 * population,
    seed,
    signal: options.signal,
  });
  return Object.freeze({ ...found, model: net.generate(found.best), ratios: ratiosOf(space, found.best) });
}
