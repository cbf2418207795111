import { describe, expect, it } from 'vitest';
import { adam, adamW } from '../../../lib/tensor/optimizers/adam.ts';
import type { FusedOptimizer } from '../../../lib/tensor/optimizers/fused-optimizer.ts';
import { momentum } from '../../../lib/tensor/optimizers/momentum.ts';
import { sgd } from '../../../lib/tensor/optimizers/sgd.ts';
import { tf } from '../../../lib/tensor/tf.ts';
import { expectClose } from './expect-close.ts';
import { guardAgainstLeaks } from './leak-guard.ts';
import * as reference from './reference/optimizers.ts';

guardAgainstLeaks();

const start = [1, -2, 3, 0.5, -0.25, 7, 0];
const rates = [0.1, 0.1, 0.05, 0.02];
const gradientAt = (step: number): number[] => start.map((w, i) => Math.sin(w + step) * (i + 1));

/** The weights after one update for each rate, by the rule's formula. */
function expectedWeights(rule: reference.Rule, decay: number): number[] {
  return start.map((first, i) => {
    const state = {};
    return rates.reduce((w, rate, s) => rule(w, gradientAt(s)[i] as number, { state, rate, decay, step: s + 1 }), first);
  });
}

function run(optimizer: FusedOptimizer, variable: tf.Variable): void {
  rates.forEach((rate, step) => {
    optimizer.learningRate = rate;
    tf.tidy(() => optimizer.applyGradients({ [variable.name]: tf.tensor1d(gradientAt(step)) }));
  });
}

const cases: [string, (weightDecay: number) => FusedOptimizer, reference.Rule][] = [
  ['sgd', weightDecay => sgd(0.1, { weightDecay }), reference.sgd],
  ['momentum', weightDecay => momentum(0.1, 0.9, { weightDecay }), reference.momentum(0.9, false)],
  ['nesterov', weightDecay => momentum(0.1, 0.9, { weightDecay, nesterov: true }), reference.momentum(0.9, true)],
  ['adam', weightDecay => adam(0.1, { weightDecay }), reference.adam({ decoupled: false })],
  ['adamW', weightDecay => adamW(0.1, { weightDecay }), reference.adam({ decoupled: true })],
];

describe.each(cases)('%s', (_, make, rule) => {
  it.each([0, 0.01])('follows its formula, weight decay %d', decay => {
    const variable = tf.tidy(() => tf.variable(tf.tensor1d(start)));
    const optimizer = make(decay);
    run(optimizer, variable);
    expectClose(variable, expectedWeights(rule, decay), { relative: 1e-5, absolute: 1e-6 });
    expect(optimizer.iterations).toBe(rates.length);
    optimizer.dispose();
    variable.dispose();
  });

  it('leaves a clone, and the typed array that the variable came from, as they were', () => {
    // Many sizes: TensorFlow shares the memory of an array that happens to be aligned.
    for (let size = 1; size < 300; size += 7) {
      const source = Float32Array.from({ length: size }, (_, i) => i);
      const variable = tf.tidy(() => tf.variable(tf.tensor1d(source)));
      const clone = variable.clone();
      const optimizer = make(0);
      for (let i = 0; i < 2; i++) tf.tidy(() => optimizer.applyGradients({ [variable.name]: tf.ones([size]) }));
      expect(variable.dataSync()[0]).not.toBe(0);
      expect([...clone.dataSync()]).toEqual(Array.from({ length: size }, (_, i) => i));
      expect([...source]).toEqual([...clone.dataSync()]);
      optimizer.dispose();
      tf.dispose([clone, variable]);
    }
  });

  it('goes on from saved weights as if it had not stopped', async () => {
    const [first, second] = [0, 1].map(() => tf.tidy(() => tf.variable(tf.tensor1d(start)))) as [tf.Variable, tf.Variable];
    const [whole, begun] = [make(0.01), make(0.01)];
    const update = (optimizer: FusedOptimizer, variable: tf.Variable, step: number): void =>
      tf.tidy(() => optimizer.applyGradients([{ name: variable.name, tensor: tf.tensor1d(gradientAt(step)) }]));
    update(whole, first, 0);
    update(whole, first, 1);
    update(begun, second, 0);
    const resumed = make(0.01);
    const saved = await begun.getWeights();
    await resumed.setWeights(saved);
    update(resumed, second, 1);
    expect([...second.dataSync()]).toEqual([...first.dataSync()]);
    tf.dispose(saved.filter(({ name }) => name === 'iter').map(({ tensor }) => tensor));
    for (const optimizer of [whole, begun, resumed]) optimizer.dispose();
    tf.dispose([first, second]);
  });

  it('minimises', () => {
    const variable = tf.tidy(() => tf.variable(tf.tensor1d(start)));
    const optimizer = make(0);
    const cost = (): tf.Scalar => variable.sub(1).square().sum();
    const [before, after] = [0, 1].map(i => {
      for (let step = 0; step < 30 * i; step++) optimizer.minimize(cost, false, [variable]);
      return tf.tidy(() => cost().dataSync()[0] as number);
    }) as [number, number];
    expect(after).toBeLessThan(before / 2);
    optimizer.dispose();
    variable.dispose();
  });
});

it('only variables that decay are decayed', () => {
  const [kernel, bias] = [tf.tidy(() => tf.variable(tf.ones([2, 2]))), tf.tidy(() => tf.variable(tf.ones([2])))];
  const optimizer = sgd(0.5, { weightDecay: 0.1, decays: v => v.rank > 1 });
  tf.tidy(() => optimizer.applyGradients({ [kernel.name]: tf.zeros([2, 2]), [bias.name]: tf.zeros([2]) }));
  expectClose(kernel, [0.95, 0.95, 0.95, 0.95]);
  expectClose(bias, [1, 1]);
  expect(() => tf.tidy(() => optimizer.applyGradients({ nobody: tf.scalar(0) }))).toThrow(/no variable/);
  optimizer.dispose();
  tf.dispose([kernel, bias]);
});
