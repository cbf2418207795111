/** Proposes a ratio for layer after layer of an episode, then hears what the episode earned. */
export interface RatioAgent {
  readonly name: string;
  /** The ratio for the layer with this state, 0–1, as a share of the maximum. Called in the order of the layers. */
  act(state: LayerState): number;
  /** The end of an episode: its states, the ratios really used (the budget may have moved them), and the reward. */
  learn(episode: Episode): void;
  dispose(): void;
}

/**
 * What an agent sees of layer t, numbers in 0–1: t / T, its units and what pruning it saves (both relative to the largest), what the layers
 * before it saved, what those after it can still save (shares of the whole cost), and the ratio of the layer before. He et al. 2018, equation 1,
 * without what only convolutions have.
 */
export type LayerState = readonly [place: number, units: number, saving: number, reduced: number, rest: number, previous: number];

export interface Episode {
  readonly states: readonly LayerState[];
  readonly actions: readonly number[];
  readonly reward: number;
}

/** Makes an agent for a search of this many layers and episodes. */
export type RatioAgentOf = (search: { readonly layers: number; readonly episodes: number; readonly seed: number }) => RatioAgent;
