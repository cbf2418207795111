// The door `search`: Searches over what a model may lose or be. Nothing inside lib imports this file.

export { actorCriticAgent } from './search/actor-critic.ts';
export type { Agent, AgentOf, AgentState, Episode } from './search/agent.ts';
export { type AgentSearchOptions, type AgentStep, agentSearch } from './search/agent-search.ts';
export { type Allocation, uniformAllocation } from './search/allocation.ts';
export { type ChoiceSpace, choices, oneOf, product } from './search/choices.ts';
export { type CostBudget, projectToBudget } from './search/cost-budget.ts';
export { crossEntropyAgent } from './search/cross-entropy.ts';
export { type AgingOptions, agingEvolution, type ElitistOptions, elitistEvolution, type PopulationOptions } from './search/evolution.ts';
export { type Kept, keptChoices, keptOf, type PruningSpace, ratiosOf } from './search/kept.ts';
export { type Cost, type CostLimit, type CostLimits, type Costs, joinLimits } from './search/limits.ts';
export { lists } from './search/lists.ts';
export type { Evaluate } from './search/objective.ts';
export { randomSearch } from './search/random-search.ts';
export type { SearchResult, Trial } from './search/result.ts';
export type { Choice, Space } from './search/space.ts';
export type { SearchOptions } from './search/trials.ts';
