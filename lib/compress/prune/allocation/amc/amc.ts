import type { Model } from '../../../../model/model.ts';
import type { Agent, AgentOf } from '../../../../search/agent.ts';
import type { Allocation } from '../../../../search/allocation.ts';
import { projectToBudget } from '../../../../search/cost-budget.ts';
import { crossEntropyAgent } from '../../../../search/cross-entropy.ts';
import { type Kept, keptOf, type PruningSpace, ratiosOf } from '../../../../search/kept.ts';
import type { Cost } from '../../../../search/limits.ts';
import { type Evaluate, scoreOf } from '../../../../search/objective.ts';
import type { SearchResult, Trial } from '../../../../search/result.ts';
import { LabError } from '../../../../tensor/errors.ts';
import { turns } from '../../../../train/turn.ts';
import { channelSpace } from '../pruning-space.ts';

/** What AMC searches for, where, and for how long. */
export interface AmcOptions {
  /** Scores a pruned model, accuracy (0–1) usually: on validation data, without training, perhaps after `refreshBatchNorm`. */
  readonly evaluate: Evaluate;
  /** What is to be small: MACs, bytes, milliseconds. */
  readonly cost: Cost;
  /** What the model may cost; without one the reward has to speak of the cost, as `errorTimesLogCost` does. */
  readonly budget?: number;
  /** R(score, cost); default: score - 1, that is -error. */
  readonly reward?: (score: number, cost: number) => number;
  /** Pruned models to try; default 100. */
  readonly episodes?: number;
  /** Default `crossEntropyAgent()`; or `actorCriticAgent()`. */
  readonly agent?: AgentOf;
  /** Of the agent's draws; default 0. */
  readonly seed?: number;
  /** The largest share of its units that a part may lose; default 0.8. */
  readonly maximum?: number;
  /** Default: channels of all prunable groups. */
  readonly space?: (model: Model) => PruningSpace;
  /** Stops the search at the next episode; default: the interrupt button, in a notebook. */
  readonly signal?: AbortSignal;
  /** Called with each episode as it ends. */
  readonly onEpisode?: (episode: AmcEpisode) => void;
}

/** One pruned model that was tried. */
export interface AmcEpisode {
  /** Share of its units that each part loses. */
  readonly ratios: Allocation;
  /** What `evaluate` gave. */
  readonly score: number;
  /** What the pruned model costs. */
  readonly cost: number;
  /** What the agent learned from. */
  readonly reward: number;
}

/** The best episode; `best` are the units that it kept, and `history` what was scored, each once. */
export interface AmcResult extends AmcEpisode, SearchResult<Kept> {
  /** The pruned model. */
  readonly model: Model;
  /** All that were tried, in order. */
  readonly episodes: readonly AmcEpisode[];
}

/** -Error · log(cost): shrinks the model as long as accuracy holds, without a budget. He et al. 2018, equation 3. */
export function errorTimesLogCost(score: number, cost: number): number {
  return -(1 - score) * Math.log(cost);
}

/**
 * AMC: an agent proposes a ratio for layer after layer, the ratios are moved onto the budget (`projectToBudget`: it is met exactly in every
 * episode), the model is pruned and scored without training, and the agent learns from the reward. Returns the best episode. He et al. 2018; the
 * budget's projection stands in for its Algorithm 1, so that no layer pays for those before it.
 * @throws LabError `prune/budget`, `prune/maximum`, `prune/episodes`, `prune/empty`, before the first episode; `prune/score`,
 * `train/interrupted`.
 * @example
 * const data = strokeGlyphs({ count: 64, seed: 1 });
 * const dense = mlp({ hidden: [12, 12], seed: 1 });
 * const budget = 0.5 * macs(dense);
 * const { model, ratios } = await amc(dense, { evaluate: m => accuracy(m, data), cost: macs, budget, episodes: 5 });
 * [macs(model) <= budget, Object.keys(ratios)]; // → [true, ['dense-1', 'dense-2']]
 */
export async function amc(model: Model, options: AmcOptions): Promise<AmcResult> {
  const { episodes = 100, agent: agentOf = crossEntropyAgent(), seed = 0, space: spaceOf = channelSpace() } = options;
  const run = await openSearch(spaceOf(model), options);
  if (!Number.isInteger(episodes) || episodes < 1)
    throw new LabError('prune/episodes', `A search takes 1 or more episodes; got ${episodes}.`, 'Try 100.');
  const agent = agentOf({ steps: run.names.length, episodes, stateSize: 6, seed });
  const turn = turns(options.signal);
  const seen: AmcEpisode[] = [];
  try {
    for (let i = 0; i < episodes; i++) {
      await turn();
      const episode = await runEpisode(run, agent, options);
      seen.push(episode);
      options.onEpisode?.(episode);
    }
  } finally {
    agent.dispose();
  }
  const episode = seen.reduce((a, b) => (b.reward > a.reward ? b : a));
  const best = keptOf(run.space, episode.ratios);
  const { costs, feasible } = run.known.get(keyOf(run, best)) as Scored;
  return Object.freeze({
    ...episode,
    best,
    costs,
    feasible,
    model: run.space.keep(best),
    episodes: seen,
    history: [...run.known.values()],
  });
}

/** What the episodes of a search share. */
interface Search {
  readonly space: PruningSpace;
  readonly names: readonly string[];
  readonly maximum: number;
  /** What each part saves alone at the maximum, as a share of the whole cost. */
  readonly savings: readonly number[];
  /** What was tried, by what it keeps. */
  readonly known: Map<string, Scored>;
}

type Scored = Required<Trial<Kept>>;

const keyOf = ({ names }: Search, kept: Kept): string => names.map(name => kept[name]).join(' ');

async function openSearch(space: PruningSpace, { cost, budget, maximum = 0.8 }: AmcOptions): Promise<Search> {
  const names = Object.keys(space.units);
  if (names.length === 0) throw new LabError('prune/empty', 'The space has no parts to prune.', 'See prunableGroups(model).');
  await projectToBudget(space, {}, { cost, budget: budget ?? Number.POSITIVE_INFINITY, maximum });
  const whole = await cost(space.keep({}));
  const savings: number[] = [];
  for (const name of names) savings.push(1 - (await cost(space.keep(keptOf(space, { [name]: maximum })))) / whole);
  return { space, names, maximum, savings, known: new Map() };
}

async function runEpisode(run: Search, agent: Agent, options: AmcOptions): Promise<AmcEpisode> {
  const { space, names, maximum, known } = run;
  const { cost, budget, reward = score => score - 1 } = options;
  const wished: number[] = [];
  for (const t of names.keys()) wished.push(agent.act(stateAt(run, t, wished)));
  const wishes = Object.fromEntries(names.map((name, t) => [name, maximum * (wished[t] as number)]));
  const kept: Kept = budget === undefined ? keptOf(space, wishes) : await projectToBudget(space, wishes, { cost, budget, maximum });
  const key = keyOf(run, kept);
  const found = known.get(key) ?? (await scored(space, kept, options));
  known.set(key, found);
  const { score, costs } = found;
  const ratios = ratiosOf(space, kept);
  const actions = names.map(name => Math.min(1, (ratios[name] as number) / maximum));
  const earned = reward(score, costs.cost as number);
  agent.learn({ states: names.map((_, t) => stateAt(run, t, actions)), actions, reward: earned });
  return Object.freeze({ ratios, score, cost: costs.cost as number, reward: earned });
}

async function scored(space: PruningSpace, kept: Kept, { cost, evaluate, budget = Number.POSITIVE_INFINITY }: AmcOptions): Promise<Scored> {
  const pruned = space.keep(kept);
  const score = await scoreOf(pruned, evaluate);
  const costs = { cost: await cost(pruned) };
  return Object.freeze({ candidate: kept, costs, feasible: costs.cost <= budget, score });
}

/**
 * What an agent sees of layer t, numbers in 0–1: t / T, its units and what pruning it saves (both relative to the largest), what the layers
 * before it saved, what those after it can still save (shares of the whole cost), and the ratio of the layer before. He et al. 2018, equation 1,
 * without what only convolutions have.
 */
type LayerState = readonly [place: number, units: number, saving: number, reduced: number, rest: number, previous: number];

function stateAt({ space, names, savings }: Search, t: number, actions: readonly number[]): LayerState {
  const units = names.map(name => space.units[name] as number);
  const reduced = savings.slice(0, t).reduce((sum, saving, i) => sum + saving * (actions[i] as number), 0);
  const rest = savings.slice(t + 1).reduce((sum, saving) => sum + saving, 0);
  const saving = (savings[t] as number) / Math.max(...savings, Number.EPSILON);
  return [t / names.length, (units[t] as number) / Math.max(...units), saving, reduced, rest, actions[t - 1] ?? 0];
}
