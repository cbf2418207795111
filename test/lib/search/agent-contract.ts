import { describe, expect, it } from 'vitest';
import type { Agent, AgentOf } from '../../../lib/search/agent.ts';
import { tensorCount } from '../../../lib/tensor/scope.ts';

const aim = [0.9, 0.2, 0.6];

/** Runs an agent on steps whose best actions are `aim`: the rewards, and the actions of every episode. */
function run(agent: Agent, episodes: number, stateSize: number): { rewards: number[]; actions: number[][] } {
  const states = aim.map((_, t) => Array.from({ length: stateSize }, (_, i) => (i === 0 ? t / aim.length : i / stateSize)));
  const rewards: number[] = [];
  const all: number[][] = [];
  for (let i = 0; i < episodes; i++) {
    const actions = states.map(state => agent.act(state));
    const reward = -actions.reduce((sum, a, t) => sum + (a - (aim[t] as number)) ** 2, 0);
    agent.learn({ states, actions, reward });
    rewards.push(reward);
    all.push(actions);
  }
  agent.dispose();
  return { rewards, actions: all };
}

/** What holds for every agent; one joins by a call. */
export function describeAgent(name: string, agentOf: AgentOf): void {
  describe(`agent: ${name}`, () => {
    const search = { steps: aim.length, episodes: 80, stateSize: 4, seed: 1 };

    it('acts within 0–1, learns, and leaves no tensors', () => {
      const before = tensorCount();
      const { rewards, actions } = run(agentOf(search), 80, 4);
      expect(actions.flat().every(action => action >= 0 && action <= 1)).toBe(true);
      const mean = (values: number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;
      expect(mean(rewards.slice(-20))).toBeGreaterThan(mean(rewards.slice(0, 20)) / 2);
      expect(tensorCount()).toBe(before);
    });

    it('does the same for the same seed, with states of any size', () => {
      for (const stateSize of [1, 6]) {
        const again = (seed: number): number[][] => run(agentOf({ ...search, episodes: 8, stateSize, seed }), 8, stateSize).actions;
        expect(again(2)).toEqual(again(2));
        expect(again(2)).not.toEqual(again(3));
      }
    });
  });
}
