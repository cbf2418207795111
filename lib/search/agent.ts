/** Chooses step after step of an episode, one number for each layer or part: how much to prune of it, how many bits it gets; then learns from the reward. */
export interface Agent {
  readonly name: string;
  /** The action for the step with this state, 0–1: from the least to the most. Called in the order of the steps. */
  act(state: AgentState): number;
  /** The end of an episode: its states, the actions really taken (a budget may have moved them), and the reward. */
  learn(episode: Episode): void;
  dispose(): void;
}

/** What an agent sees of a step, numbers in 0–1; as many at each step. */
export type AgentState = readonly number[];

export interface Episode {
  readonly states: readonly AgentState[];
  readonly actions: readonly number[];
  readonly reward: number;
}

/** Makes an agent for a search of so many episodes, each of so many steps, with so many numbers in a state. */
export type AgentOf = (search: {
  readonly steps: number;
  readonly episodes: number;
  readonly stateSize: number;
  readonly seed: number;
}) => Agent;
