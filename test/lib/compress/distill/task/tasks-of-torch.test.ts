import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { adversary } from '../../../../../lib/compress/distill/task/adversary.ts';
import { weightedSoftCrossEntropy } from '../../../../../lib/compress/distill/task/detection.ts';
import { localizationDivergence } from '../../../../../lib/compress/distill/task/localization.ts';
import { pairSimilarity, pixelDivergence } from '../../../../../lib/compress/distill/task/segmentation.ts';
import { network } from '../../../../../lib/model/build.ts';
import { tf } from '../../../../../lib/tensor/tf.ts';

interface Golden {
  readonly inputs: Readonly<Record<string, { readonly shape: number[]; readonly values: number[] }>>;
  readonly cases: readonly { name: string; student: string; teacher: string; value: number; gradient: number[] }[];
}

/** What PyTorch gives, in double precision: golden/tasks.py. */
const golden: Golden = JSON.parse(readFileSync(join(import.meta.dirname, '../golden/tasks.json'), 'utf8'));

const given = (name: string): tf.Tensor => {
  const { shape, values } = golden.inputs[name] as Golden['inputs'][string];
  return tf.tensor(
    values.map(v => v / 16),
    shape,
  );
};

/** The logits are the judge's inputs: its kernel is 1 and its bias 0, so that they are given as they are. */
const judgedBy = (side: 'student' | 'discriminator') => (made: tf.Tensor, real: tf.Tensor) => {
  const judge = adversary(network('judge', [1]).dense(1).model(), 'judge');
  const parameters = { 'judge.dense-1.kernel': tf.ones([1, 1]), 'judge.dense-1.bias': tf.zeros([1]) };
  return judge.losses(made, real, { inputs: made, parameters, activations: {}, training: true })[side];
};

const losses: Readonly<Record<string, (student: tf.Tensor, teacher: tf.Tensor) => tf.Scalar>> = {
  'soft, weights 1': weightedSoftCrossEntropy,
  'soft, background 1.5, T 2': (s, t) => weightedSoftCrossEntropy(s, t, { classWeights: [1.5, 1, 1, 1], temperature: 2 }),
  'edges T 10': localizationDivergence,
  'edges T 2': (s, t) => localizationDivergence(s, t, { temperature: 2 }),
  pixels: pixelDivergence,
  pairs: pairSimilarity,
  'adversary student': judgedBy('student'),
  'adversary discriminator': judgedBy('discriminator'),
};

describe('losses of tasks beside PyTorch', () => {
  it('asks for every case, and for no other', () => {
    expect(golden.cases.map(({ name }) => name)).toEqual(Object.keys(losses));
  });

  it.each(golden.cases)('$name', ({ name, student, teacher, value, gradient }) => {
    tf.tidy(() => {
      const loss = losses[name] as (typeof losses)[string];
      const [s, t] = [given(student), given(teacher)];
      // T² multiplies what float32 loses in the difference of two sums that are nearly alike: 2.0e-5 at T = 10
      const least = name === 'edges T 10' ? 5e-5 : 2e-6;
      const near = (got: number, expected: number): void =>
        expect(Math.abs(got - expected)).toBeLessThan(least + 1e-5 * Math.abs(expected));
      near(loss(s, t).dataSync()[0] as number, value);
      // no gradient of the discriminator's loss reaches what was made
      if (name === 'adversary discriminator') return;
      const slope = tf
        .grad((x: tf.Tensor) => loss(x, t))(s)
        .dataSync();
      expect(slope).toHaveLength(gradient.length);
      for (const [i, expected] of gradient.entries()) near(slope[i] as number, expected);
    });
  });
});
