import { expect, test } from 'vitest';
import { shareCorrect } from '../../lib/check/evaluate.ts';
import { pruneByRegression } from '../../lib/compress/prune/channels/regression/prune-by-regression.ts';
import { batches } from '../../lib/data/batches.ts';
import { strokeGlyphs } from '../../lib/data/stroke-glyphs.ts';
import { latency } from '../../lib/measure/latency.ts';
import { network } from '../../lib/model/build.ts';
import { predict } from '../../lib/model/forward.ts';
import { mlp } from '../../lib/model/mlp.ts';
import { run } from '../../lib/model/run.ts';
import { choices } from '../../lib/search/choices.ts';
import { randomSearch } from '../../lib/search/random-search.ts';
import { array, filled, zeros } from '../../lib/tensor/array.ts';
import { batchNormTraining } from '../../lib/tensor/batch-norm/batch-norm.ts';
import { tf } from '../../lib/tensor/tf.ts';
import { fit } from '../../lib/train/fit.ts';
import { refreshBatchNorm } from '../../lib/train/refresh-batch-norm.ts';

// What makes no sense is refused by name where it comes in, and not by TensorFlow further inside.

const coded = (code: string) => expect.objectContaining({ name: 'LabError', code });
const model = mlp({ input: [2], hidden: [], classes: 2 });
const data = { inputs: zeros([4, 2]), targets: zeros([4], 'int32') };

test.each([0, -1, 1.5, Number.NaN])('a batch of %f, and so many runs, batches or steps', async count => {
  expect(() => latency(model, { batch: count, runs: 1 })).toThrow(coded('measure/runs'));
  if (count !== 0) expect(() => latency(model, { warmUp: count, runs: 1 })).toThrow(coded('measure/runs'));
  const norm = network('b', [2]).batchNorm().model();
  await expect(refreshBatchNorm(norm, data, { batches: count })).rejects.toThrow(coded('train/options'));
  await expect(refreshBatchNorm(norm, data, { batchSize: count })).rejects.toThrow(coded('data/batch'));
  await expect(fit(model, data, { batchSize: count })).rejects.toThrow(coded('train/options'));
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, -0.1])('a schedule that gives %f', async rate => {
  const learningRate = (step: number): number => (step === 1 ? rate : 0.1);
  await expect(fit(model, data, { batchSize: 2, learningRate })).rejects.toThrow(coded('train/schedule'));
});

test('a loss that is not one number, in training and on validation data', async () => {
  await expect(fit(model, data, { loss: outputs => outputs as unknown as tf.Scalar })).rejects.toThrow(coded('train/loss'));
});

test('batch norm whose parameters do not fit', () => {
  tf.tidy(() => {
    const [x, two, three] = [tf.ones([3, 2]), tf.ones([2]), tf.ones([3])];
    expect(() => batchNormTraining(x, { gamma: three, beta: two })).toThrow(coded('shape/mismatch'));
    expect(() => batchNormTraining(x, { gamma: two, beta: three })).toThrow(coded('shape/mismatch'));
  });
});

test('batches of a dataset whose labels are of another type or shape', () => {
  const sound = strokeGlyphs({ count: 2, seed: 1 });
  for (const labels of [array([2], [0, 1.5]), array([2, 1], [0, 1], 'int32'), array([3], [0, 1, 0], 'int32')])
    expect(() => [...batches({ ...sound, labels })]).toThrow(coded('data/shape'));
});

test('a history with a score that is not finite', async () => {
  const history = [{ candidate: { width: 1 }, costs: {}, feasible: true, score: Number.NaN }];
  const search = randomSearch(choices({ width: [1, 2, 3] }), { evaluate: ({ width }) => Number(width), evaluations: 2, history });
  await expect(search).rejects.toThrow(coded('search/history'));
});

test('a net that tells fewer classes apart than there are labels is no classifier of them, in grading', () => {
  const labels = array([2], [0, 5], 'int32');
  expect(() => shareCorrect(zeros([2, 1]), labels)).toThrow(coded('accuracy/shape'));
  expect(() => shareCorrect(zeros([2, 4]), labels)).toThrow(coded('accuracy/shape'));
  expect(shareCorrect(array([2, 1], [-1, 1]), array([2], [0, 1], 'int32'))).toBe(1);
});

test('regression over what is not finite', () => {
  const net = network('r', [4]).dense(6).relu().dense(2).model();
  const broken = { inputs: filled([8, 4], Number.NaN), targets: zeros([8], 'int32') };
  expect(() => pruneByRegression(net, { ratio: 0.5, data: broken })).toThrow(coded('prune/finite'));
});

test('numbers that are not whole, for an input of whole numbers and for a table of tokens', async () => {
  const tokens = network('tokens', [3], { dtype: 'int32' }).embedding(4, 2).flatten().dense(2).model();
  for (const wrong of [1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    const inputs = array([2, 3], [0, 1, 2, 3, wrong, 0]);
    expect(() => predict(tokens, inputs)).toThrow(coded('model/whole'));
    await expect(fit(tokens, { inputs, targets: zeros([2], 'int32') })).rejects.toThrow(coded('model/whole'));
    tf.tidy(() => {
      const x = tf.tensor(inputs.data, [2, 3]);
      expect(() => run(tokens, { input: x })).toThrow(coded('model/whole'));
    });
    const floats = network('floats', [3]).embedding(4, 2).model();
    expect(() => predict(floats, inputs)).toThrow(coded('model/token'));
  }
  const whole = array([1, 3], [0, 1, 3]);
  expect(predict(tokens, whole)).toEqual(predict(tokens, array([1, 3], [0, 1, 3], 'int32')));
});
