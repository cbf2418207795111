import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { random } from '../../../lib/tensor/random.ts';
import { tf } from '../../../lib/tensor/tf.ts';
import { binaryCrossEntropy, crossEntropy, type Loss, meanSquaredError } from '../../../lib/train/losses.ts';

const rng = random(11);
const logits = Array.from({ length: 5 }, () => Array.from({ length: 3 }, () => rng.uniform(-4, 4)));
const labels = [0, 2, 1, 1, 0];

beforeEach(() => tf.engine().startScope());
afterEach(() => tf.engine().endScope());

function value(loss: Loss, outputs: number[][], targets: tf.Tensor): number {
  return tf.tidy(
    () => loss(tf.tensor2d(outputs), targets, { inputs: tf.scalar(0), parameters: {}, activations: {} }).dataSync()[0] as number,
  );
}

function softmax(row: number[]): number[] {
  const e = row.map(z => Math.exp(z));
  const sum = e.reduce((a, b) => a + b);
  return e.map(v => v / sum);
}

describe('losses', () => {
  it.each([0, 0.1, 0.5])('cross-entropy with smoothing %f follows its formula', labelSmoothing => {
    const expected =
      logits.reduce((sum, row, i) => {
        const q = row.map((_, c) => (1 - labelSmoothing) * Number(c === labels[i]) + labelSmoothing / 3);
        return sum - softmax(row).reduce((s, p, c) => s + (q[c] as number) * Math.log(p), 0);
      }, 0) / 5;
    expect(value(crossEntropy({ labelSmoothing }), logits, tf.tensor1d(labels, 'int32'))).toBeCloseTo(expected, 5);
  });

  it('cross-entropy takes probabilities too, and stays finite for extreme logits', () => {
    const hard = tf.oneHot(tf.tensor1d(labels, 'int32'), 3);
    expect(value(crossEntropy(), logits, hard)).toBeCloseTo(value(crossEntropy(), logits, tf.tensor1d(labels, 'int32')), 6);
    expect(value(crossEntropy(), [[1000, -1000, 0]], tf.tensor1d([1], 'int32'))).toBe(2000);
  });

  it('cross-entropy has the gradient (softmax - target) / n', () => {
    const y = tf.tensor1d(labels, 'int32');
    const gradient = tf
      .grad(z => crossEntropy()(z, y, { inputs: z, parameters: {}, activations: {} }))(tf.tensor2d(logits))
      .arraySync() as number[][];
    for (const [i, row] of logits.entries()) {
      for (const [c, p] of softmax(row).entries()) expect(gradient[i]?.[c]).toBeCloseTo((p - Number(c === labels[i])) / 5, 5);
    }
  });

  it('mean squared error averages over all elements, and lines up a last axis of one', () => {
    expect(
      value(
        meanSquaredError(),
        [
          [1, 2],
          [3, 4],
        ],
        tf.tensor2d([
          [0, 2],
          [3, 1],
        ]),
      ),
    ).toBe((1 + 9) / 4);
    expect(value(meanSquaredError(), [[1], [3]], tf.tensor1d([2, 5]))).toBe((1 + 4) / 2);
  });

  it('binary cross-entropy follows its formula and stays finite', () => {
    const targets = [[1, 0, 0.5]];
    const z = [[0.3, -1.2, 2]];
    const expected = z[0]?.reduce((sum, v, i) => {
      const p = 1 / (1 + Math.exp(-v));
      const t = targets[0]?.[i] as number;
      return sum - (t * Math.log(p) + (1 - t) * Math.log(1 - p)) / 3;
    }, 0);
    expect(value(binaryCrossEntropy(), z, tf.tensor2d(targets))).toBeCloseTo(expected as number, 5);
    expect(value(binaryCrossEntropy(), [[500, -500]], tf.tensor2d([[0, 1]]))).toBe(500);
  });

  it('refuses what does not go together', () => {
    const refused = expect.objectContaining({ code: 'train/loss' });
    expect(() => value(meanSquaredError(), [[1, 2]], tf.tensor1d([1]))).toThrow(refused);
    expect(() => value(binaryCrossEntropy(), [[1, 2]], tf.tensor1d([1]))).toThrow(refused);
    expect(() => crossEntropy({ labelSmoothing: 1 })).toThrow(refused);
    expect(() =>
      crossEntropy()(tf.scalar(1), tf.tensor1d([1], 'int32'), { inputs: tf.scalar(0), parameters: {}, activations: {} }),
    ).toThrow(refused);
  });
});
