import { afterEach, beforeEach, expect, test } from 'vitest';
import { tf } from '../../../lib/tensor/tf.ts';
import { binaryCrossEntropy, crossEntropy, type Loss } from '../../../lib/train/losses.ts';

const [never, sure] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];

beforeEach(() => tf.engine().startScope());
afterEach(() => tf.engine().endScope());

function lossAndGradient(loss: Loss, outputs: number[][], targets: tf.Tensor): { loss: number; gradient: number[] } {
  return tf.tidy(() => {
    const of = (z: tf.Tensor): tf.Scalar => loss(z, targets, { inputs: z, parameters: {}, activations: {} });
    const { value, grad } = tf.valueAndGrad(of)(tf.tensor2d(outputs));
    return { loss: value.dataSync()[0] as number, gradient: [...grad.dataSync()] };
  });
}

/** The same classes without those that are ruled out: what the loss must be. */
function without(row: readonly number[], q: readonly number[]): { loss: number; gradient: number[] } {
  const sum = row.reduce((total, z) => total + Math.exp(z), 0);
  const p = row.map(z => Math.exp(z) / sum);
  const loss = row.reduce((total, z, c) => total - (q[c] ? (q[c] as number) * (z - Math.log(sum)) : 0), 0);
  return { loss, gradient: p.map((share, c) => share - (q[c] as number)) };
}

test.each([
  [
    [1, 2, never],
    [0, 1, 0],
  ],
  [
    [never, 2, 1],
    [0, 1, 0],
  ],
  [
    [never, 2, never],
    [0, 1, 0],
  ],
  [
    [1, 2, never],
    [0.25, 0.75, 0],
  ],
  [
    [1, never, 0.5, never, -3],
    [0.2, 0, 0.5, 0, 0.3],
  ],
])('logits %s and probabilities %s: loss and gradient of the classes that are left', (row, q) => {
  const got = lossAndGradient(crossEntropy(), [row], tf.tensor2d([q]));
  const expected = without(row, q);
  expect(got.loss).toBeCloseTo(expected.loss, 5);
  for (const [c, slope] of expected.gradient.entries()) expect(got.gradient[c]).toBeCloseTo(slope, 5);
  const label = q.indexOf(1);
  if (label >= 0) expect(lossAndGradient(crossEntropy(), [row], tf.tensor1d([label], 'int32'))).toEqual(got);
});

test('the known value, alone and among rows that are finite', () => {
  expect(lossAndGradient(crossEntropy(), [[1, 2, never]], tf.tensor1d([1], 'int32')).loss).toBeCloseTo(0.3133, 4);
  const rows = [
    [1, 2, never],
    [1, 2, 3],
  ];
  const both = lossAndGradient(crossEntropy(), rows, tf.tensor1d([1, 2], 'int32'));
  expect(both.loss).toBeCloseTo((0.31326 + 0.40761) / 2, 4);
  expect(both.gradient.every(Number.isFinite)).toBe(true);
});

test('smoothing spreads over the classes that are left', () => {
  const { loss, gradient } = lossAndGradient(crossEntropy({ labelSmoothing: 0.1 }), [[1, 2, never]], tf.tensor1d([1], 'int32'));
  const expected = without([1, 2, never], [0.05, 0.95, 0]);
  expect(loss).toBeCloseTo(expected.loss, 5);
  for (const [c, slope] of expected.gradient.entries()) expect(gradient[c]).toBeCloseTo(slope, 5);
});

test('probability on a class that is ruled out costs infinitely much', () => {
  expect(lossAndGradient(crossEntropy(), [[1, 2, never]], tf.tensor1d([2], 'int32')).loss).toBe(sure);
  expect(lossAndGradient(crossEntropy(), [[1, 2, never]], tf.tensor2d([[0.5, 0.4, 0.1]])).loss).toBe(sure);
});

test('NaN stays NaN, beside a class that is ruled out too', () => {
  expect(lossAndGradient(crossEntropy(), [[Number.NaN, 2, never]], tf.tensor1d([1], 'int32')).loss).toBeNaN();
  expect(lossAndGradient(crossEntropy(), [[never, never, never]], tf.tensor1d([1], 'int32')).loss).toBeNaN();
});

test('distillation: a teacher and a student that rule out the same class', () => {
  const teacher = tf.softmax(tf.tensor2d([[2, 1, never]]));
  const got = lossAndGradient(crossEntropy(), [[1, 2, never]], teacher);
  const expected = without([1, 2, never], [...teacher.dataSync()]);
  expect(got.loss).toBeCloseTo(expected.loss, 5);
  expect(got.gradient.every(Number.isFinite)).toBe(true);
});

test('gradients reach targets that are computed', () => {
  tf.tidy(() => {
    const of = (t: tf.Tensor): tf.Scalar =>
      crossEntropy()(tf.tensor2d([[1, 2, never]]), tf.softmax(t), { inputs: t, parameters: {}, activations: {} });
    expect(
      [
        ...tf
          .grad(of)(tf.tensor2d([[2, 1, never]]))
          .dataSync(),
      ].every(Number.isFinite),
    ).toBe(true);
  });
});

test.each([
  [never, 0, 0],
  [sure, 1, 0],
  [never, 1, sure],
  [sure, 0, sure],
  [never, 0.5, sure],
  [0, 0.25, Math.LN2],
  [500, 0, 500],
])('binary: the logit %f with target %f costs %f', (z, t, expected) => {
  const { loss, gradient } = lossAndGradient(binaryCrossEntropy(), [[z]], tf.tensor2d([[t]]));
  expect(loss).toBeCloseTo(expected, 5);
  expect(gradient[0]).toBeCloseTo(1 / (1 + Math.exp(-z)) - t, 5);
});
