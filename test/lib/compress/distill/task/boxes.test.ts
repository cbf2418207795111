import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { boundedRegression, weightedSoftCrossEntropy } from '../../../../../lib/compress/distill/task/detection.ts';
import { edgeDistribution, edgeExpectation, localizationDivergence } from '../../../../../lib/compress/distill/task/localization.ts';
import { normal, random } from '../../../../../lib/tensor/random.ts';
import { tf } from '../../../../../lib/tensor/tf.ts';
import { upload } from '../../../../../lib/tensor/upload.ts';

beforeEach(() => tf.engine().startScope());
afterEach(() => tf.engine().endScope());

const refused = (code: string) => expect.objectContaining({ code });
const softmax = (z: readonly number[]): number[] => {
  const shares = z.map(v => Math.exp(v - Math.max(...z)));
  const sum = shares.reduce((a, b) => a + b, 0);
  return shares.map(v => v / sum);
};
const drawn = (seed: number, shape: number[]) => upload(normal(random(seed), shape, { deviation: 2 }));

describe('weighted soft cross-entropy', () => {
  it('follows its formula in double precision', () => {
    const [s, t, weights, temperature] = [drawn(1, [5, 3]), drawn(2, [5, 3]), [1.5, 1, 0.25], 2];
    const half = (rows: tf.Tensor) => (rows.arraySync() as number[][]).map(row => softmax(row.map(v => v / temperature)));
    const [ps, pt] = [half(s), half(t)];
    const expected = pt.flatMap((row, i) => row.map((p, c) => (-(weights[c] as number) * p * Math.log(ps[i]?.[c] as number)) / 5));
    const got = weightedSoftCrossEntropy(s, t, { classWeights: weights, temperature }).arraySync();
    expect(got).toBeCloseTo(
      expected.reduce((a, b) => a + b, 0),
      5,
    );
  });

  it('has no gradient where both are alike and all weights are one', () => {
    const z = drawn(3, [4, 3]);
    for (const v of tf
      .grad(s => weightedSoftCrossEntropy(s, z))(z.clone())
      .dataSync())
      expect(v).toBeCloseTo(0, 6);
  });

  it('refuses what does not go together', () => {
    const z = drawn(4, [2, 3]);
    expect(() => weightedSoftCrossEntropy(z, drawn(4, [2, 4]))).toThrow(refused('distill/shape'));
    for (const classWeights of [
      [1, 1],
      [1, -1, 1],
      [1, Number.NaN, 1],
    ])
      expect(() => weightedSoftCrossEntropy(z, z, { classWeights })).toThrow(refused('distill/weights'));
    expect(() => weightedSoftCrossEntropy(z, z, { temperature: 0 })).toThrow(refused('train/temperature'));
  });
});

describe('bounded regression', () => {
  const target = () => tf.tensor2d([[0, 0]]);
  const [near, far] = [() => tf.tensor2d([[1, 1]]), () => tf.tensor2d([[2, 1]])];

  it('punishes a student until it beats the teacher by the margin', () => {
    const loss = (margin: number) => boundedRegression({ student: near(), teacher: far(), target: target() }, { margin }).arraySync();
    expect([0, 2.5, 3].map(loss)).toEqual([0, 0, 0]);
    expect(loss(3.5)).toBe(2);
    expect(boundedRegression({ student: far(), teacher: near(), target: target() }).arraySync()).toBe(5);
  });

  it('pulls to the true box and not to the teacher, and hides no NaN', () => {
    const gradient = tf.grad(student => boundedRegression({ student, teacher: near(), target: target() }))(far());
    expect(gradient.arraySync()).toEqual([[4, 2]]);
    const lost = tf.tensor2d([[Number.NaN, 0]]);
    expect(boundedRegression({ student: lost, teacher: near(), target: target() }).arraySync()).toBeNaN();
  });

  it('refuses a margin below 0 and other shapes', () => {
    expect(() => boundedRegression({ student: near(), teacher: far(), target: target() }, { margin: -1 })).toThrow(
      refused('distill/margin'),
    );
    expect(() => boundedRegression({ student: near(), teacher: far(), target: tf.zeros([2, 2]) })).toThrow(refused('distill/shape'));
  });
});

describe('localization', () => {
  const range = { low: -1, high: 6 };

  it('recovers a coordinate from its distribution, and takes the end outside of the range', () => {
    const edges = tf.tensor2d([[-1, -0.3, 2.5, 6, 9, -4]]);
    const shares = edgeDistribution(edges, 8, range);
    const back = edgeExpectation(tf.log(tf.add(shares, 1e-12)), range).dataSync();
    for (const [i, edge] of [-1, -0.3, 2.5, 6, 6, -1].entries()) expect(back[i]).toBeCloseTo(edge, 5);
    for (const sum of shares.sum(2).dataSync()) expect(sum).toBeCloseTo(1, 6);
  });

  it('is T² KL over the bins, mean over edges, and 0 where both are alike', () => {
    const [s, t, temperature] = [drawn(5, [3, 4, 6]), drawn(6, [3, 4, 6]), 4];
    const rows = (z: tf.Tensor) => (z.reshape([12, 6]).arraySync() as number[][]).map(row => softmax(row.map(v => v / temperature)));
    const [ps, pt] = [rows(s), rows(t)];
    const parts = pt.flatMap((row, i) => row.map((p, b) => p * Math.log(p / (ps[i]?.[b] as number))));
    const expected = (temperature ** 2 / 12) * parts.reduce((a, b) => a + b, 0);
    expect(localizationDivergence(s, t, { temperature }).arraySync()).toBeCloseTo(expected, 4);
    expect(localizationDivergence(t, t).arraySync()).toBeCloseTo(0, 5);
    for (const v of tf
      .grad(z => localizationDivergence(z, t))(t)
      .dataSync())
      expect(v).toBeCloseTo(0, 5);
  });

  it('teaches edges: descent on the divergence brings the coordinates to the teacher’s', () => {
    const teacher = drawn(7, [2, 4, 8]);
    const aim = edgeExpectation(teacher, range);
    const distance = (z: tf.Tensor) => tf.sub(edgeExpectation(z, range), aim).abs().max().arraySync() as number;
    let student: tf.Tensor = tf.zeros([2, 4, 8]);
    const before = distance(student);
    for (let i = 0; i < 200; i++)
      student = tf.tidy(() =>
        tf.sub(
          student,
          tf
            .grad(z => localizationDivergence(z, teacher, { temperature: 2 }))(student)
            .mul(8),
        ),
      );
    expect(distance(student)).toBeLessThan(before / 10);
  });

  it('refuses one bin, an empty range and other shapes', () => {
    expect(() => edgeDistribution(tf.zeros([1, 4]), 1, range)).toThrow(refused('distill/bins'));
    expect(() => edgeExpectation(tf.zeros([1, 4, 8]), { low: 1, high: 1 })).toThrow(refused('distill/bins'));
    expect(() => edgeDistribution(tf.zeros([4]), 8, range)).toThrow(refused('distill/shape'));
    expect(() => edgeExpectation(tf.zeros([4, 8]), range)).toThrow(refused('distill/shape'));
    expect(() => localizationDivergence(tf.zeros([1, 4, 8]), tf.zeros([1, 4, 7]))).toThrow(refused('distill/shape'));
  });
});
