// The door `search`: Searches over what a model may lose or be. Nothing inside lib imports this file.

export { actorCriticAgent } from './search/actor-critic.ts';
export type { Episode, LayerState, RatioAgent, RatioAgentOf } from './search/agent.ts';
export { type Allocation, uniformAllocation } from './search/allocation.ts';
export { type Cost, type CostBudget, projectToBudget } from './search/cost-budget.ts';
export { crossEntropyAgent } from './search/cross-entropy.ts';
export type { Evaluate } from './search/objective.ts';
export { type Kept, keptOf, type PruningSpace, ratiosOf } from './search/space.ts';
