import { expect, test } from 'vitest';
import { mlp } from '../../../lib/model/mlp.ts';
import { array } from '../../../lib/tensor/array.ts';
import { normal, random } from '../../../lib/tensor/random.ts';
import { tf } from '../../../lib/tensor/tf.ts';
import { correctAnswers } from '../../../lib/train/examples.ts';
import { fit } from '../../../lib/train/fit.ts';
import { gradients } from '../../../lib/train/gradients.ts';
import { binaryCrossEntropy, crossEntropy, type Loss, meanSquaredError } from '../../../lib/train/losses.ts';
import type { TrainingEpoch } from '../../../lib/train/report.ts';
import { sumLosses } from '../../../lib/train/sum-losses.ts';

type Shape = readonly number[];
const coded = (code: string) => expect.objectContaining({ name: 'LabError', code });
const filledWith = (shape: Shape, value: number, dtype: 'int32' | 'float32' = 'float32') => tf.fill([...shape], value, dtype);

function value(loss: Loss, outputs: Shape, targets: () => tf.Tensor): number {
  return tf.tidy(
    () =>
      loss(tf.randomNormal([...outputs], 0, 1, 'float32', 3), targets(), {
        inputs: tf.scalar(0),
        parameters: {},
        activations: {},
      }).dataSync()[0] as number,
  );
}

const losses = { crossEntropy: crossEntropy(), meanSquaredError: meanSquaredError(), binaryCrossEntropy: binaryCrossEntropy() };
const shapes: readonly Shape[] = [
  [],
  [0],
  [1],
  [2],
  [3],
  [6],
  [1, 3],
  [2, 1],
  [1, 2],
  [3, 2],
  [2, 2],
  [3, 3],
  [6, 1],
  [2, 3, 1],
  [1, 2, 3],
];

test.each(Object.entries(losses))('%s takes targets of its shapes and refuses all others by name', (name, loss) => {
  for (const outputs of [[2, 3], [2, 1], [1, 3], [2, 3, 1], [2]] as Shape[])
    for (const targets of [...shapes, [2, 3]]) {
      const same = String(targets) === String(outputs);
      const squeezed = outputs.at(-1) === 1 && String(targets) === String(outputs.slice(0, -1));
      const labels = targets.length === 1 && targets[0] === outputs[0];
      const classes = outputs.length === 2 && (outputs[1] as number) > 1;
      const fits = name === 'crossEntropy' ? classes && (same || labels) : same || squeezed;
      const share = name === 'crossEntropy' && same ? 1 / (outputs[1] as number) : 0;
      const got = () => value(loss, outputs, () => filledWith(targets, share));
      if (fits) expect(got()).toBeGreaterThanOrEqual(0);
      else expect(got, `${outputs} with ${targets}`).toThrow(coded('train/loss'));
    }
});

test.each(Object.entries(losses))('%s refuses a batch without examples', (_, loss) => {
  expect(() => value(loss, [0, 3], () => tf.zeros([0, 3]))).toThrow(coded('train/loss'));
  expect(() => value(loss, [0, 3], () => tf.zeros([0]))).toThrow(coded('train/loss'));
});

test.each([1.5, -1, 3, -0.5, Number.NaN, Number.POSITIVE_INFINITY, 1e9])('crossEntropy refuses the label %f of three classes', label => {
  expect(() => value(crossEntropy(), [2, 3], () => tf.tensor1d([0, label]))).toThrow(coded('train/label'));
  expect(() => value(crossEntropy({ labelSmoothing: 0.1 }), [2, 3], () => tf.tensor1d([0, label]))).toThrow(coded('train/label'));
});

test('whole labels count the same whatever their dtype', () => {
  const whole = value(crossEntropy(), [2, 3], () => tf.tensor1d([0, 2], 'int32'));
  expect(value(crossEntropy(), [2, 3], () => tf.tensor1d([0, 2]))).toBe(whole);
});

test.each([
  ['a negative share', [-0.5, 1.5, 0]],
  ['shares of more than 1', [1, 1, 0]],
  ['shares of less', [0, 0, 0]],
  ['NaN', [Number.NaN, 1, 0]],
  ['labels in a row', [0, 2, 1]],
])('crossEntropy refuses %s as probabilities', (_, row) => {
  expect(() => value(crossEntropy(), [1, 3], () => tf.tensor2d([row]))).toThrow(coded('train/label'));
});

test('probabilities that were rounded by hand are probabilities', () => {
  expect(value(crossEntropy(), [1, 3], () => tf.tensor2d([[0.33, 0.33, 0.33]]))).toBeGreaterThan(0);
});

test.each([2, -1, 1.5, Number.NaN])('binaryCrossEntropy refuses the target %f', target => {
  expect(() => value(binaryCrossEntropy(), [2, 1], () => tf.tensor1d([0, target]))).toThrow(coded('train/label'));
});

test('one class is refused by name, with labels and with probabilities', () => {
  for (const shape of [[4], [4, 1]]) expect(() => value(crossEntropy(), [4, 1], () => tf.ones(shape))).toThrow(coded('train/loss'));
});

test('what a loss refuses, fit, gradients and sums of losses refuse', async () => {
  const model = mlp({ input: [4], hidden: [], classes: 3 });
  const inputs = normal(random(1), [8, 4]);
  const column = { inputs, targets: array([8, 1], [0, 1, 2, 0, 1, 2, 0, 1], 'int32') };
  const halves = { inputs, targets: array([8], [0, 1, 2, 0, 1.5, 2, 0, 1]) };
  const flat = { inputs, targets: normal(random(1), [8]) };
  await expect(fit(model, column)).rejects.toThrow(coded('train/loss'));
  await expect(fit(model, halves)).rejects.toThrow(coded('train/label'));
  await expect(fit(model, flat, { loss: meanSquaredError() })).rejects.toThrow(coded('train/loss'));
  expect(() => gradients(model, column)).toThrow(coded('train/loss'));
  await expect(fit(model, column, { loss: sumLosses([1, crossEntropy()]) })).rejects.toThrow(coded('train/loss'));
});

test('fit tells the accuracy of one logit, and none where labels are no classes', async () => {
  const model = mlp({ input: [2], hidden: [8], classes: 1, seed: 1 });
  const inputs = normal(random(1), [64, 2]);
  const labels = Array.from({ length: 64 }, (_, i) => Number((inputs.data[2 * i] as number) > 0));
  const trained = async (targets: ReturnType<typeof array>, loss: Loss): Promise<TrainingEpoch> => {
    const epochs: TrainingEpoch[] = [];
    const data = { inputs, targets };
    await fit(model, data, { loss, epochs: 30, batchSize: 16, validation: data, reporter: { epoch: e => epochs.push(e) } });
    return epochs.at(-1) as TrainingEpoch;
  };
  for (const shape of [[64], [64, 1]]) {
    const end = await trained(array(shape, labels, 'int32'), binaryCrossEntropy());
    expect(end.accuracy).toBeGreaterThan(0.9);
    expect(end.validationAccuracy).toBeGreaterThan(0.9);
  }
  const counts = array(
    [64],
    labels.map((v, i) => v + (i % 3)),
    'int32',
  );
  const end = await trained(counts, meanSquaredError());
  expect(end).not.toHaveProperty('accuracy');
});

test('answers are counted for classifications only', () => {
  tf.tidy(() => {
    const outputs = tf.tensor2d([[1], [-1], [0], [Number.NaN]]);
    expect(correctAnswers(outputs, tf.tensor1d([1, 0, 0, 0], 'int32'))).toBe(3);
    expect(correctAnswers(outputs, tf.tensor2d([[1], [0], [0], [1]], [4, 1], 'int32'))).toBe(3);
    for (const targets of [tf.tensor1d([1, 0, 0, -1], 'int32'), tf.tensor1d([1, 0, 0, 2], 'int32'), tf.tensor1d([1, 0, 0, 1])])
      expect(correctAnswers(outputs, targets)).toBeUndefined();
    expect(correctAnswers(tf.ones([4, 3]), tf.zeros([4, 1], 'int32'))).toBeUndefined();
    expect(correctAnswers(tf.ones([4, 3]), tf.zeros([2], 'int32'))).toBeUndefined();
    expect(correctAnswers(tf.ones([4, 3, 1]), tf.zeros([4], 'int32'))).toBeUndefined();
  });
});
