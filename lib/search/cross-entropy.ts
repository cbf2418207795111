import { random } from '../tensor/random.ts';
import type { Agent, AgentOf, Episode } from './agent.ts';

/**
 * Cross-entropy search: each step's action is drawn from a normal distribution of its own, cut to 0–1; after every `population` episodes the mean
 * becomes that of the `elite` best, and the deviation moves halfway to theirs (never below 0.02, so that the search goes on). Rubinstein 1999.
 */
export function crossEntropyAgent(options: { readonly population?: number; readonly elite?: number } = {}): AgentOf {
  const { population = 20, elite = 5 } = options;
  return ({ steps, seed }): Agent => {
    const rng = random(seed).split('cross-entropy');
    const mean = new Float64Array(steps).fill(0.5);
    const deviation = new Float64Array(steps).fill(0.3);
    let seen: Episode[] = [];
    let step = 0;
    return {
      name: 'cross-entropy',
      act() {
        const t = step++ % steps;
        return Math.min(1, Math.max(0, rng.normal(mean[t], deviation[t])));
      },
      learn(episode) {
        seen.push(episode);
        if (seen.length < population) return;
        const best = seen.sort((a, b) => b.reward - a.reward).slice(0, elite);
        for (let t = 0; t < steps; t++) {
          const taken = best.map(({ actions }) => actions[t] as number);
          mean[t] = taken.reduce((sum, a) => sum + a, 0) / taken.length;
          const variance = taken.reduce((sum, a) => sum + (a - (mean[t] as number)) ** 2, 0) / taken.length;
          deviation[t] = Math.max(0.02, (Math.sqrt(variance) + (deviation[t] as number)) / 2);
        }
        seen = [];
      },
      dispose() {},
    };
  };
}
