import { LabError } from '../tensor/errors.ts';
import type { AgentOf, AgentState } from './agent.ts';
import type { ChoiceSpace } from './choices.ts';
import { crossEntropyAgent } from './cross-entropy.ts';
import { excessOf } from './limits.ts';
import type { SearchResult, Trial } from './result.ts';
import type { Choice } from './space.ts';
import { openTrials, type SearchOptions } from './trials.ts';

/** A step of an episode: which choice it makes, and the actions, 0–1, of the steps before. */
export interface AgentStep {
  readonly name: string;
  readonly place: number;
  readonly actions: readonly number[];
}

/** Options of `agentSearch`. */
export interface AgentSearchOptions<C> extends SearchOptions<C> {
  /** Default `crossEntropyAgent()`. */
  readonly agent?: AgentOf;
  /** What the agent sees of a step, as many numbers for each; default its place, its share of the most values, and the action before. */
  readonly observe?: (step: AgentStep) => AgentState;
}

/**
 * Search by an agent: an episode chooses for name after name one of its values (an action a takes value ⌊a · n⌋ of n), and the agent learns from the
 * score, or, over a budget, from the worst score so far less the excess. There are `evaluations` episodes; one that ends where another did is scored
 * no second time. With a `repair` that moves onto the budget this is HAQ's search (Wang et al. 2019).
 * @throws LabError `search/action` for an agent's action outside 0–1, and as `randomSearch`.
 */
export async function agentSearch<T extends Readonly<Record<string, Choice>>>(
  space: ChoiceSpace<T>,
  options: AgentSearchOptions<Readonly<T>>,
): Promise<SearchResult<Readonly<T>>> {
  const { evaluations: episodes = 100, agent: agentOf = crossEntropyAgent(), seed = 0, limits = {} } = options;
  const names = Object.keys(space.values);
  const { observe = observing(space, names) } = options;
  const trials = openTrials(space, { ...options, patience: Number.POSITIVE_INFINITY });
  const stateAt = (place: number, actions: readonly number[]): AgentState =>
    observe({ name: names[place] as string, place, actions: actions.slice(0, place) });
  const agent = agentOf({ steps: names.length, episodes, stateSize: stateAt(0, []).length, seed });
  let worst = Number.POSITIVE_INFINITY;
  try {
    for (let i = 0; i < episodes && trials.open; i++) {
      const wished: number[] = [];
      for (const place of names.keys()) wished.push(checked(agent.act(stateAt(place, wished)), agent.name));
      const { trial } = await trials.propose(candidateOf(space, names, wished));
      const actions = actionsOf(space, names, trial.candidate);
      worst = Math.min(worst, trial.score ?? worst);
      const floor = Number.isFinite(worst) ? worst : 0;
      agent.learn({
        states: names.map((_, place) => stateAt(place, actions)),
        actions,
        reward: trial.score ?? floor - excessOf(trial.costs, limits),
      });
    }
  } finally {
    agent.dispose();
  }
  return trials.result();
}

type Values = Readonly<Record<string, readonly Choice[]>>;

function candidateOf<T extends Readonly<Record<string, Choice>>>(
  space: ChoiceSpace<T>,
  names: readonly string[],
  actions: readonly number[],
): Readonly<T> {
  const chosen = names.map((name, i) => {
    const values = (space.values as Values)[name] as readonly Choice[];
    return [name, values[Math.min(values.length - 1, Math.floor((actions[i] as number) * values.length))]];
  });
  return Object.freeze(Object.fromEntries(chosen)) as Readonly<T>;
}

/** The middle of each value's share of 0–1. */
function actionsOf<T extends Readonly<Record<string, Choice>>>(
  space: ChoiceSpace<T>,
  names: readonly string[],
  candidate: Trial<Readonly<T>>['candidate'],
): number[] {
  return names.map(name => {
    const values = (space.values as Values)[name] as readonly Choice[];
    return (values.indexOf(candidate[name] as Choice) + 0.5) / values.length;
  });
}

function observing({ values }: { readonly values: Values }, names: readonly string[]): (step: AgentStep) => AgentState {
  const most = Math.max(...names.map(name => values[name]?.length ?? 0));
  return ({ name, place, actions }) => [place / names.length, (values[name]?.length ?? 0) / most, actions.at(-1) ?? 0];
}

function checked(action: number, agent: string): number {
  if (action >= 0 && action <= 1) return action;
  throw new LabError('search/action', `Agent ${agent} gave the action ${action}.`, 'An action is a number, 0–1.');
}
