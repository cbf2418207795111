import { expect, it } from 'vitest';
import { after, grafted } from '../../../../../lib/compress/distill/scheme/graft.ts';
import { trainBranches } from '../../../../../lib/compress/distill/scheme/one.ts';
import { teachItself } from '../../../../../lib/compress/distill/scheme/own-teacher.ts';
import { take } from '../../../../../lib/data/dataset.ts';
import { strokeGlyphs } from '../../../../../lib/data/stroke-glyphs.ts';
import type { Model } from '../../../../../lib/model/model.ts';
import { vgg } from '../../../../../lib/model/vgg.ts';
import type { NDArray } from '../../../../../lib/tensor/array.ts';
import { tf } from '../../../../../lib/tensor/tf.ts';
import { fit } from '../../../../../lib/train/fit.ts';
import { lossWith } from '../../../../../lib/train/losses.ts';
import { values } from './values.ts';

// One network with all its exits or branches, and the loss as the paper writes it: an update of plain descent must be the scheme's.

const data = take(strokeGlyphs({ count: 24, seed: 1 }), 24);
const base = vgg({ widths: [4, 'M', 6], seed: 3 });
const step = { steps: 1, batchSize: 24, seed: 4, optimizer: 'sgd', reporter: {} } as const;

/** Numbers, through which nothing flows back. */
const numbers = (t: tf.Tensor): tf.Tensor => tf.tensor(t.dataSync().slice(), t.shape);
const crossEntropyOf = (z: tf.Tensor, labels: tf.Tensor): tf.Tensor =>
  tf.neg(tf.sum(tf.mul(tf.oneHot(labels.toInt(), 10), tf.logSoftmax(z)), 1)).mean();
/** T² Σ p (log p - log q), mean over the batch. */
const klOf = (teacher: tf.Tensor, student: tf.Tensor, T: number): tf.Tensor => {
  const [p, q] = [tf.softmax(tf.div(teacher, T)), tf.softmax(tf.div(student, T))];
  return tf.mul(tf.sum(tf.mul(p, tf.sub(tf.log(p), tf.log(q))), 1).mean(), T * T);
};

const dataOf = ({ parameters }: Model, name: string): Float32Array =>
  (parameters[name] as Model['parameters'][string]).value.data as Float32Array;

function expectSame(found: Model, expected: Model, names = Object.keys(found.parameters)): void {
  expect(names.length).toBeGreaterThan(4);
  for (const name of names)
    for (const [i, v] of dataOf(found, name).entries()) expect(v, name).toBeCloseTo(expected.parameters[name]?.value.data[i] as number, 5);
}

it('teachItself descends along (1 - α) CE + α T² KL + λ L2 of the exit and CE of the deepest', async () => {
  const options = { ...step, data, exits: ['relu-1'], alpha: 0.4, feature: 0.2, temperature: 3 };
  const start = (await teachItself(base, { ...options, learningRate: () => 0 })).all;
  const features = base.nodes.find(({ id }) => id === base.output)?.inputs[0] as string;
  const loss = lossWith({ activations: ['exit-1.logits', 'exit-1.feature', features] }, (outputs, labels, { activations }) => {
    const [z, f, deep] = [activations['exit-1.logits'], activations['exit-1.feature'], activations[features]] as tf.Tensor[];
    const exit = tf.addN([
      tf.mul(crossEntropyOf(z as tf.Tensor, labels), 0.6),
      tf.mul(klOf(numbers(outputs), z as tf.Tensor, 3), 0.4),
      tf.mul(tf.mean(tf.square(tf.sub(f as tf.Tensor, numbers(deep as tf.Tensor)))), 0.2),
    ]);
    return tf.add(crossEntropyOf(outputs, labels), exit).asScalar();
  });
  const trainable = Object.entries(start.parameters).flatMap(([name, p]) => (p.trainable ? [name] : []));
  const found = (await teachItself(base, { ...options, learningRate: 0.1 })).all;
  expectSame(found, await fit(start, data, { ...step, learningRate: 0.1, loss }), trainable);
  expect(values(found)).not.toEqual(values(start));
});

it('trainBranches descends along CE of each branch, of their gated sum, and T² KL of each to it', async () => {
  const node = 'relu-1';
  const options = { ...step, data, after: node, branches: 3, temperature: 2 };
  const { models } = await trainBranches(base, { ...options, learningRate: () => 0 });
  const heads = models.slice(1).map((model, i) => ({ node, name: `b${i + 2}`, model: after(model, node) }));
  const start = grafted(models[0] as Model, heads);
  const said = heads.map(({ name, model }) => `${name}.${model.output}`);
  const zeros = (shape: readonly number[]): NDArray =>
    ({ shape, dtype: 'float32', data: new Float32Array(shape.reduce((a, b) => a * b, 1)) }) as NDArray;
  let gate: Readonly<Record<string, NDArray>> = {};
  const needs = {
    activations: [node, ...said],
    owns: { kernel: { value: zeros([4, 3]) }, bias: { value: zeros([3]) } },
    afterTraining(owned: typeof gate): void {
      gate = owned;
    },
  };
  const loss = lossWith(needs, (outputs, labels, { activations, parameters }) => {
    const branches = [outputs, ...said.map(id => activations[id] as tf.Tensor)];
    const pooled = tf.mean(activations[node] as tf.Tensor, [1, 2]) as tf.Tensor2D;
    const g = tf.softmax(tf.add(tf.matMul(pooled, parameters.kernel as tf.Tensor2D), parameters.bias as tf.Tensor));
    const ensemble = tf.addN(branches.map((z, i) => tf.mul(z, g.slice([0, i], [-1, 1]))));
    const each = branches.map(z => tf.add(crossEntropyOf(z, labels), klOf(numbers(ensemble), z, 2)));
    return tf.addN([crossEntropyOf(ensemble, labels), ...each]).asScalar();
  });
  const expected = await fit(start, data, { ...step, learningRate: 0.1, loss });
  const found = await trainBranches(base, { ...options, learningRate: 0.1 });
  const trainable = Object.entries(base.parameters).flatMap(([name, p]) => (p.trainable ? [name] : []));
  expectSame(found.models[0] as Model, expected, trainable);
  const own = Object.entries(heads[0]?.model.parameters ?? {}).flatMap(([name, p]) => (p.trainable ? [name] : []));
  for (const name of own)
    for (const [i, v] of dataOf(found.models[1] as Model, name).entries())
      expect(v, name).toBeCloseTo(expected.parameters[`b2.${name}`]?.value.data[i] as number, 5);
  for (const [i, v] of found.gate.kernel.data.entries()) expect(v).toBeCloseTo(gate.kernel?.data[i] as number, 5);
  expect(found.gate.kernel.data.some(v => v !== 0)).toBe(true);
});
