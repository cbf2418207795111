import { describe, expect, it } from 'vitest';
import { tf } from '../../../lib/tensor/tf.ts';
import { softDivergence, softTargets } from '../../../lib/train/soft-targets.ts';

const at = (s: number[][], t: number[][], options = {}): number =>
  tf.tidy(() => softDivergence(tf.tensor2d(s), tf.tensor2d(t), options).dataSync()[0] as number);

const softmax = (row: number[], temperature: number): number[] => {
  const most = Math.max(...row);
  const powers = row.map(z => Math.exp((z - most) / temperature));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map(p => p / sum);
};

/** The definition in double precision. */
function reference(s: number[][], t: number[][], temperature: number): number {
  const rows = s.map((row, i) => {
    const [p, q] = [softmax(t[i] as number[], temperature), softmax(row, temperature)];
    return p.reduce((sum, value, c) => sum + (value > 0 ? value * Math.log(value / (q[c] as number)) : 0), 0);
  });
  return (temperature ** 2 * rows.reduce((a, b) => a + b, 0)) / s.length;
}

const student = [
  [0.2, -1.5, 3, 0.7],
  [2, 2.5, -4, 1],
  [-30, 40, 5, 0],
];
const teacher = [
  [1, 0, 2, -2],
  [5, -1, 0.5, 0.25],
  [-20, 35, 8, 1],
];

describe('softDivergence', () => {
  it.each([0.5, 1, 2, 4, 8, 20])('is the definition at T = %d', temperature => {
    expect(at(student, teacher, { temperature })).toBeCloseTo(reference(student, teacher, temperature), 4);
    expect(at(student, teacher, { temperature, direction: 'reverse' })).toBeCloseTo(reference(teacher, student, temperature), 4);
    const both = (reference(student, teacher, temperature) + reference(teacher, student, temperature)) / 2;
    expect(at(student, teacher, { temperature, direction: 'symmetric' })).toBeCloseTo(both, 4);
    expect(at(student, teacher, { temperature, scaled: false })).toBeCloseTo(
      reference(student, teacher, temperature) / temperature ** 2,
      5,
    );
  });

  it('does not see a constant that is added to a row', () => {
    const moved = student.map((row, i) => row.map(z => z + [7, -3, 11][i]!));
    expect(at(moved, teacher)).toBeCloseTo(at(student, teacher), 4);
    expect(at(moved, student)).toBeCloseTo(0, 5);
  });

  it.each([1, 4, 8])(
    'has the gradient T (p_s - p_t) / n at T = %d, which nears (z_s - z_t) / (n classes) for centred logits',
    temperature =>
      tf.tidy(() => {
        const slope = tf
          .grad((z: tf.Tensor) => softDivergence(z, tf.tensor2d(teacher), { temperature }))(tf.tensor2d(student))
          .arraySync() as number[][];
        student.forEach((row, i) => {
          const [p, q] = [softmax(teacher[i] as number[], temperature), softmax(row, temperature)];
          for (const c of row.keys()) expect(slope[i]?.[c]).toBeCloseTo((temperature * (q[c]! - p[c]!)) / 3, 4);
        });
      }),
  );

  it('at a high temperature matches logits', () =>
    tf.tidy(() => {
      const centred = (rows: number[][]): number[][] => rows.map(row => row.map(z => z - row.reduce((a, b) => a + b, 0) / row.length));
      const [s, t] = [centred(student.slice(0, 2)), centred(teacher.slice(0, 2))];
      const slope = tf
        .grad((z: tf.Tensor) => softDivergence(z, tf.tensor2d(t), { temperature: 1000 }))(tf.tensor2d(s))
        .arraySync() as number[][];
      s.forEach((row, i) => {
        for (const c of row.keys()) expect(slope[i]?.[c]).toBeCloseTo((row[c]! - t[i]![c]!) / (2 * 4), 2);
      });
    }));

  it('knows classes that are ruled out, and what is not finite', () => {
    const out = Number.NEGATIVE_INFINITY;
    expect(at([[1, 0, 3]], [[2, 1, out]], { temperature: 1 })).toBeCloseTo(reference([[1, 0, 3]], [[2, 1, out]], 1), 5);
    expect(at([[1, 0, out]], [[2, 1, out]], { temperature: 1 })).toBeCloseTo(reference([[1, 0]], [[2, 1]], 1), 5);
    expect(at([[1, 0, out]], [[2, 1, 0]])).toBe(Number.POSITIVE_INFINITY);
    expect(at([[1, Number.NaN]], [[2, 1]])).toBeNaN();
  });

  it('refuses what is no pair of logits, and other options', () => {
    expect(() => at([[1, 2]], [[1, 2, 3]])).toThrow(expect.objectContaining({ code: 'train/loss' }));
    expect(() => at([[1]], [[1]])).toThrow(expect.objectContaining({ code: 'train/loss' }));
    for (const temperature of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => softTargets({ temperature })).toThrow(expect.objectContaining({ code: 'train/temperature' }));
    expect(() => softTargets({ direction: 'sideways' as 'forward' })).toThrow(expect.objectContaining({ code: 'train/direction' }));
  });
});
