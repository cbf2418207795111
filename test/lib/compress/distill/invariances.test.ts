import { describe, expect, it } from 'vitest';
import { attention, attentionMap } from '../../../../lib/compress/distill/match/attention.ts';
import { boundaries, boundaryShare } from '../../../../lib/compress/distill/match/boundaries.ts';
import type { Match } from '../../../../lib/compress/distill/match/match.ts';
import { relationAngle, relationDistance } from '../../../../lib/compress/distill/match/relation.ts';
import { selectivity } from '../../../../lib/compress/distill/match/selectivity.ts';
import { network } from '../../../../lib/model/build.ts';
import { normal, random } from '../../../../lib/tensor/random.ts';
import { tf } from '../../../../lib/tensor/tf.ts';

const value = (shape: number[], seed: number): tf.Tensor => tf.tensor(normal(random(seed), shape).data as Float32Array, shape);
const pairOf = (student: number[], teacher = student) => ({
  student: { model: network('student', student).model() },
  teacher: { model: network('teacher', teacher).model() },
});
const context = (x: tf.Tensor) => ({ own: {}, loss: { inputs: x, parameters: {}, activations: {} } });
const lossOf = (match: Match, s: tf.Tensor, t: tf.Tensor): number => tf.tidy(() => match(s, t, context(s)).dataSync()[0] as number);
const slopes = (match: Match, s: tf.Tensor, t: tf.Tensor): number[] => [
  ...tf.tidy(() =>
    tf
      .grad((x: tf.Tensor) => match(x, t, context(x)))(s)
      .dataSync(),
  ),
];

describe('relations between examples', () => {
  const vectors = pairOf([3], [4]);
  const turn = [
    [Math.cos(0.7), -Math.sin(0.7), 0],
    [Math.sin(0.7), Math.cos(0.7), 0],
    [0, 0, -1],
  ];

  it.each([
    ['distances', relationDistance(vectors)],
    ['angles', relationAngle(vectors)],
  ] as const)('%s do not see turning, mirroring, moving and scaling', (_, match) =>
    tf.tidy(() => {
      const [s, t] = [value([6, 3], 1), value([6, 4], 2)];
      const before = lossOf(match, s, t);
      expect(lossOf(match, tf.matMul(s as tf.Tensor2D, tf.tensor2d(turn)), t)).toBeCloseTo(before, 5);
      expect(lossOf(match, s.add([3, -2, 7]), t)).toBeCloseTo(before, 5);
      expect(lossOf(match, s.mul(20), t.mul(0.03).add(1))).toBeCloseTo(before, 5);
    }),
  );

  it('have values that are known: a triangle with a right angle beside one with equal sides', () =>
    tf.tidy(() => {
      const half = Math.sqrt(3) / 2;
      const right = tf.tensor2d([0, 0, 3, 0, 0, 4], [3, 2]);
      const equal = tf.tensor2d([0, 0, 1, 0, 0.5, half], [3, 2]);
      const flat = pairOf([2]);
      // sides 3, 4, 5 by their mean 4, against 1, 1, 1
      expect(lossOf(relationDistance(flat), right, equal)).toBeCloseTo((0.25 ** 2 / 2 + 0 + 0.25 ** 2 / 2) / 3, 6);
      const cosines = [0, 0.6, 0.8];
      expect(lossOf(relationAngle(flat), right, equal)).toBeCloseTo(cosines.reduce((sum, c) => sum + (c - 0.5) ** 2 / 2, 0) / 3, 6);
    }));

  it('are 0 without pairs or triples, and finite where examples coincide', () =>
    tf.tidy(() => {
      for (const match of [relationDistance(vectors), relationAngle(vectors)]) {
        expect(lossOf(match, value([1, 3], 1), value([1, 4], 2))).toBe(0);
        expect(slopes(match, value([1, 3], 1), value([1, 4], 2)).map(Math.abs)).toEqual([0, 0, 0]);
        const twice = tf.tensor2d([1, 2, 3, 1, 2, 3, 0, 1, 0], [3, 3]);
        expect(slopes(match, twice, value([3, 4], 3)).every(Number.isFinite)).toBe(true);
        expect(slopes(match, tf.ones([3, 3]), value([3, 4], 3)).every(Number.isFinite)).toBe(true);
        expect(lossOf(match, tf.ones([3, 3]), tf.ones([3, 4]))).toBe(0);
      }
      expect(lossOf(relationAngle(vectors), value([2, 3], 1), value([2, 4], 2))).toBeCloseTo(0, 9);
    }));
});

describe('attention', () => {
  it.each([1, 2, 3])('does not see the scale of either side, p = %d', power =>
    tf.tidy(() => {
      const match = attention(pairOf([3, 5, 4], [3, 5, 6]), { power });
      const [s, t] = [value([3, 3, 5, 4], 1), value([3, 3, 5, 6], 2)];
      expect(lossOf(match, s.mul(5), t.mul(-0.2))).toBeCloseTo(lossOf(match, s, t), 6);
      expect(lossOf(match, s, t)).toBeLessThan(2 / 15);
      expect(lossOf(match, s.mul(1e-12 ** (1 / power)), t.mul(1e12 ** (1 / power)))).toBeCloseTo(lossOf(match, s, t), 6);
    }),
  );

  it('averages the larger map where its sides are multiples, and refuses others', () =>
    tf.tidy(() => {
      const match = attention(pairOf([2, 3, 4], [4, 6, 2]));
      const s = value([2, 2, 3, 4], 1);
      const large = tf.image.resizeNearestNeighbor(s as tf.Tensor4D, [4, 6]);
      expect(lossOf(attention(pairOf([2, 3, 4], [4, 6, 4])), s, large)).toBeCloseTo(0, 6);
      expect(lossOf(match, s, value([2, 4, 6, 2], 2))).toBeGreaterThan(0);
      expect(lossOf(attention(pairOf([2, 3, 4], [4, 3, 2])), s, value([2, 4, 3, 2], 2))).toBeGreaterThan(0);
      for (const other of [
        [3, 6, 2],
        [1, 6, 2],
      ])
        expect(() => attention(pairOf([2, 3, 4], other))).toThrow(expect.objectContaining({ code: 'distill/shape' }));
    }));

  it('is finite where nothing is active, and refuses powers below 1', () =>
    tf.tidy(() => {
      const match = attention(pairOf([2, 2, 1]));
      expect(lossOf(match, tf.zeros([1, 2, 2, 1]), tf.ones([1, 2, 2, 1]))).toBeCloseTo(0.25, 6);
      expect(slopes(match, tf.zeros([1, 2, 2, 1]), tf.ones([1, 2, 2, 1])).map(Math.abs)).toEqual([0, 0, 0, 0]);
      expect([...attentionMap(tf.tensor4d([1, -2, 3, 0], [1, 1, 2, 2]), 1).dataSync()]).toEqual([3, 3]);
      for (const power of [0.5, Number.NaN, Number.POSITIVE_INFINITY])
        expect(() => attention(pairOf([2, 2, 1]), { power })).toThrow(expect.objectContaining({ code: 'distill/power' }));
    }));
});

describe('selectivity', () => {
  it.each(['linear', 'polynomial', 'gaussian'] as const)('does not see order, scale and repetition of channels, %s', kernel =>
    tf.tidy(() => {
      const match = selectivity(pairOf([3, 5, 3], [3, 5, 4]), { kernel });
      const [s, t] = [value([2, 3, 5, 3], 1), value([2, 3, 5, 4], 2)];
      const moved = tf.gather(s, tf.tensor1d([2, 0, 1], 'int32'), 3).mul([3, 0.5, 20]);
      expect(lossOf(match, moved, t)).toBeCloseTo(lossOf(match, s, t), 5);
      if (kernel !== 'gaussian')
        expect(lossOf(selectivity(pairOf([3, 5, 6], [3, 5, 3]), { kernel }), tf.concat([s, s], 3), s)).toBeCloseTo(0, 5);
    }),
  );

  it('is 0 for channels that are off everywhere on both sides, and finite where they are on one', () =>
    tf.tidy(() => {
      for (const kernel of ['linear', 'polynomial', 'gaussian'] as const) {
        const match = selectivity(pairOf([2, 2, 2]), { kernel });
        expect(lossOf(match, tf.zeros([1, 2, 2, 2]), tf.zeros([1, 2, 2, 2]))).toBe(0);
        expect(slopes(match, tf.zeros([1, 2, 2, 2]), value([1, 2, 2, 2], 1)).every(Number.isFinite)).toBe(true);
      }
      expect(() => selectivity(pairOf([2, 2, 2]), { kernel: 'cubic' as 'linear' })).toThrow(
        expect.objectContaining({ code: 'distill/kernel' }),
      );
    }));
});

describe('boundaries', () => {
  it('are 0 where signs agree beyond the margin, at equality only there, and know values', () =>
    tf.tidy(() => {
      const match = boundaries(pairOf([4]));
      const t = tf.tensor2d([0.1, -0.1, 5, 0], [1, 4]);
      expect(lossOf(match, tf.tensor2d([1, -1, 7, -3], [1, 4]), t)).toBe(0);
      expect(slopes(match, tf.tensor2d([2, -1.5, 7, -3], [1, 4]), t).map(Math.abs)).toEqual([0, 0, 0, 0]);
      // 0.9², 0.9², 0, and 1 for the value on the boundary
      expect(lossOf(match, t, t)).toBeCloseTo((0.81 + 0.81 + 0 + 1) / 4, 6);
      expect(lossOf(boundaries(pairOf([4]), { margin: 2 }), tf.tensor2d([-1, 1, 3, -2], [1, 4]), t)).toBeCloseTo((9 + 9) / 4, 6);
      for (let seed = 0; seed < 10; seed++) {
        const [s, other] = [value([3, 4], seed), value([3, 4], seed + 50)];
        const share = boundaryShare(s, other).dataSync()[0] as number;
        expect(lossOf(match, s, other)).toBeGreaterThanOrEqual(share - 1e-6);
      }
      expect(boundaryShare(t, tf.neg(t)).dataSync()[0]).toBe(0.75);
      for (const margin of [0, -1, Number.NaN])
        expect(() => boundaries(pairOf([4]), { margin })).toThrow(expect.objectContaining({ code: 'distill/margin' }));
    }));
});
