import { forward } from '../model/forward.ts';
import { mlp } from '../model/mlp.ts';
import { type Random, random } from '../tensor/random.ts';
import { tf } from '../tensor/tf.ts';
import { type Loss, meanSquaredError } from '../train/losses.ts';
import { ruleOf, setLearningRate } from '../train/optimizers.ts';
import { openState } from '../train/state.ts';
import { type StepContext, trainStep } from '../train/step.ts';
import type { Agent, AgentOf, AgentState, Episode } from './agent.ts';

interface Transition {
  readonly state: AgentState;
  readonly action: number;
  readonly reward: number;
}

/**
 * An actor μ(s) and a critic Q(s, a), multi-layer perceptrons, after DDPG (Lillicrap et al. 2016) as AMC and HAQ use it: actions are μ(s) with truncated
 * normal noise, uniform in the first quarter of the episodes and then falling; the critic learns R - b (b: moving average of the rewards; no
 * discount, one reward at the end, so the target needs no target networks), the actor climbs Q(s, μ(s)). He et al. 2018, §3.1.
 */
export function actorCriticAgent(
  options: { readonly units?: number; readonly learningRate?: number; readonly batch?: number } = {},
): AgentOf {
  const { units = 32, learningRate = 0.003, batch = 64 } = options;
  return ({ steps, episodes, stateSize, seed }): Agent => {
    const rng = random(seed).split('actor-critic');
    const critic = network({ input: stateSize + 1, units, seed: rng.int(0, 1e9), learningRate }, meanSquaredError());
    const actor = network({ input: stateSize, units, seed: rng.int(0, 1e9), learningRate }, climb(critic));
    const memory: Transition[] = [];
    const rewards = baseline();
    let episode = 0;
    const warmUp = Math.ceil(episodes / 4);
    return {
      name: 'actor-critic',
      act(state) {
        if (episode < warmUp) return rng.next();
        const mean = tf.tidy(
          () => tf.sigmoid(forward(actor.model, tf.tensor2d([[...state]]), { parameters: actor.state.variables })).dataSync()[0] as number,
        );
        return truncatedNormal(rng, mean, 0.5 * 0.95 ** (episode - warmUp));
      },
      learn({ states, actions, reward }: Episode) {
        episode++;
        rewards.add(reward);
        for (const [t, state] of states.entries()) memory.push({ state, action: actions[t] as number, reward });
        for (let update = 0; update < steps; update++) learnFrom({ critic, actor }, sample(rng, memory, batch), rewards);
      },
      dispose() {
        for (const { state, optimizer } of [critic, actor]) {
          state.dispose();
          optimizer.dispose();
        }
      },
    };
  };
}

/** -Q(s, μ(s)), and a little of what the sigmoid takes, squared: actions of 1 everywhere would become uniform ones on a budget, and stay so. */
function climb(critic: StepContext): Loss {
  return (outputs, _, { inputs }) => {
    const value = forward(critic.model, tf.concat([inputs, tf.sigmoid(outputs)], 1), { parameters: critic.state.variables });
    return tf.add(tf.neg(tf.mean(value)), tf.mul(tf.mean(tf.square(outputs)), 0.01)).asScalar();
  };
}

function network(shape: { input: number; units: number; seed: number; learningRate: number }, loss: Loss): StepContext {
  const { input, units, seed, learningRate } = shape;
  const model = mlp({ input: [input], hidden: [units, units], classes: 1, seed });
  const optimizer = ruleOf('adam').make({});
  setLearningRate(optimizer, learningRate);
  return { model, state: openState(model), optimizer, loss, hooks: {} };
}

function learnFrom(nets: { critic: StepContext; actor: StepContext }, batch: readonly Transition[], rewards: Baseline): void {
  tf.tidy(() => {
    const states = tf.tensor2d(batch.map(({ state }) => [...state]));
    const taken = tf.tensor2d(batch.map(({ state, action }) => [...state, action]));
    const y = tf.tensor2d(batch.map(({ reward }) => [rewards.advantage(reward)]));
    trainStep(nets.critic, { x: taken, y });
    trainStep(nets.actor, { x: states, y });
  });
}

interface Baseline {
  add(reward: number): void;
  /** (R - b) / deviation. */
  advantage(reward: number): number;
}

function baseline(): Baseline {
  let [mean, square, weight] = [0, 0, 0];
  return {
    add(reward) {
      [mean, square, weight] = [0.95 * mean + 0.05 * reward, 0.95 * square + 0.05 * reward ** 2, 0.95 * weight + 0.05];
    },
    advantage(reward) {
      const b = mean / weight;
      return (reward - b) / (Math.sqrt(Math.max(0, square / weight - b ** 2)) + 1e-6);
    },
  };
}

const sample = <T>(rng: Random, items: readonly T[], count: number): T[] => Array.from({ length: count }, () => rng.pick(items));

/** A normal value that lies in 0–1, by drawing again. */
function truncatedNormal(rng: Random, mean: number, deviation: number): number {
  for (let i = 0; i < 100; i++) {
    const value = rng.normal(mean, deviation);
    if (value >= 0 && value <= 1) return value;
  }
  return Math.min(1, Math.max(0, mean));
}
