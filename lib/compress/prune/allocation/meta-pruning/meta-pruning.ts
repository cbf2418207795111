import type { Dataset } from '../../../../data/dataset.ts';
import type { Model } from '../../../../model/model.ts';
import type { Allocation } from '../../../../search/allocation.ts';
import { type CostBudget, projectToBudget } from '../../../../search/cost-budget.ts';
import { type Evaluate, scoreOf } from '../../../../search/objective.ts';
import { type Kept, type PruningSpace, ratiosOf } from '../../../../search/space.ts';
import { LabError } from '../../../../tensor/errors.ts';
import { type Random, random } from '../../../../tensor/random.ts';
import type { Examples } from '../../../../train/examples.ts';
import { turns } from '../../../../train/turn.ts';
import { channelSpace } from '../pruning-space.ts';
import { type PruningNet, type PruningNetOptions, trainPruningNet } from './pruning-net.ts';

/** What MetaPruning searches for, and for how long. */
export interface MetaPruningOptions extends PruningNetOptions, CostBudget {
  /** Scores a model, higher is better. */
  readonly evaluate: Evaluate;
  /** Networks in a generation, of which the best quarter has offspring; default 20. */
  readonly population?: number;
  /** Generations of the evolution; default 5. */
  readonly generations?: number;
}

/** The best network of the evolution. */
export interface MetaPruned {
  /** The pruned network with generated weights: a start for training. */
  readonly model: Model;
  /** Share of its units that each part loses. */
  readonly ratios: Allocation;
  /** What `evaluate` gave. */
  readonly score: number;
}

/** The ratios of a network, and how it scored with generated weights. */
interface Member {
  readonly ratios: Allocation;
  readonly kept: Kept;
  readonly score: number;
}

/**
 * MetaPruning: trains a PruningNet, which writes weights for any widths, then evolves widths within the budget, scored with written weights and
 * no training of their own: each generation keeps its best, and adds offspring that mix two of them or move one. Liu et al. 2019, Algorithm 1.
 * For small networks.
 * @throws LabError `prune/batch-norm` for a model with batch norm, whose running statistics nobody writes; `prune/budget`, `prune/score`.
 * @example
 * const data = strokeGlyphs({ count: 64, seed: 1 });
 * const dense = mlp({ hidden: [12, 12], seed: 1 });
 * const options = { evaluate: model => accuracy(model, data), cost: macs, budget: 0.5 * macs(dense), steps: 20, population: 8, generations: 2 };
 * const { model } = await metaPrune(dense, data, options);
 * macs(model) <= options.budget; // → true
 */
export async function metaPrune(model: Model, data: Dataset | Examples, options: MetaPruningOptions): Promise<MetaPruned> {
  const { population = 20, generations = 5, seed = 0 } = options;
  if (model.nodes.some(({ op }) => op === 'batch-norm'))
    throw new LabError('prune/batch-norm', 'A PruningNet writes no running statistics of batch norm.', 'Use a network without it.');
  const space = channelSpace()(model);
  await projectToBudget(space, {}, options);
  const net = await trainPruningNet(model, data, { ...options, space });
  const rng = random(seed).split('evolution');
  const turn = turns(options.signal);
  const grown = async (ratios: Allocation): Promise<Member> => {
    await turn();
    return memberOf({ space, net, options }, ratios);
  };
  const names = Object.keys(space.units);
  let members: Member[] = [];
  for (let generation = 0; generation <= generations; generation++) {
    const best = members.slice(0, Math.ceil(population / 4));
    const born: Member[] = [...best];
    while (born.length < population) born.push(await grown(offspring(rng, best, names)));
    members = born.sort((a, b) => b.score - a.score);
  }
  const { kept, ratios, score } = members[0] as Member;
  return Object.freeze({ model: net.generate(kept), ratios, score });
}

async function memberOf(
  { space, net, options }: { space: PruningSpace; net: PruningNet; options: MetaPruningOptions },
  wished: Allocation,
): Promise<Member> {
  const kept = await projectToBudget(space, wished, options);
  return { kept, ratios: ratiosOf(space, kept), score: await scoreOf(net.generate(kept), options.evaluate) };
}

/** Random ratios at first; then those of one parent, each moved with probability ¼, or each of one of two parents. */
function offspring(rng: Random, parents: readonly Member[], names: readonly string[]): Allocation {
  if (parents.length === 0) return Object.fromEntries(names.map(name => [name, rng.next()]));
  const [a, b] = [rng.pick(parents), rng.pick(parents)];
  if (rng.next() < 0.5) return Object.fromEntries(names.map(name => [name, rng.pick([a, b]).ratios[name] as number]));
  const moved = (ratio: number): number => (rng.next() < 0.25 ? Math.min(1, Math.max(0, rng.normal(ratio, 0.2))) : ratio);
  return Object.fromEntries(names.map(name => [name, moved(a.ratios[name] as number)]));
}
