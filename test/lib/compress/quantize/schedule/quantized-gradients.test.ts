import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quantizedGradient, quantizeGradients } from '../../../../../lib/compress/quantize/schedule/quantized-gradients.ts';
import { network } from '../../../../../lib/model/build.ts';
import type { Model, Parameter } from '../../../../../lib/model/model.ts';
import { vgg } from '../../../../../lib/model/vgg.ts';
import { array, type NDArray } from '../../../../../lib/tensor/array.ts';
import { normal, random } from '../../../../../lib/tensor/random.ts';
import { tf } from '../../../../../lib/tensor/tf.ts';
import { upload } from '../../../../../lib/tensor/upload.ts';
import type { Examples } from '../../../../../lib/train/examples.ts';
import { fit } from '../../../../../lib/train/fit.ts';
import type { TrainingHooks } from '../../../../../lib/train/hooks.ts';
import { guardAgainstLeaks } from '../../../tensor/leak-guard.ts';
import { lossOf } from '../../prune/loss-of.ts';
import { quadrants } from '../../quadrants.ts';

guardAgainstLeaks();

const { fround } = Math;
const coded = (code: string) => expect.objectContaining({ name: 'LabError', code });
const rounded = (rows: number[][], options: { readonly bits: number; readonly seed: number }): number[][] =>
  tf.tidy(() => quantizedGradient(tf.tensor2d(rows), { bits: options.bits, rng: random(options.seed) }).arraySync() as number[][]);

describe('gradients in few bits', () => {
  it('are equation 12, operation by operation', () => {
    const rows = [
      [-1, 0.25, 0.5, 1],
      [0.001, -0.002, 0.0015, 0],
      [0, 0, 0, 0],
      [3, 3, 3, -3],
    ];
    for (const bits of [1, 2, 4, 8]) {
      const n = 2 ** bits - 1;
      const rng = random(9);
      const expected = rows.map(row => {
        const most = fround(Math.max(...row.map(g => Math.abs(fround(g)))));
        return row.map(g => {
          const unit = fround(fround(fround(g) / Math.max(fround(2 * most), 2 ** -119)) + 0.5);
          const code = Math.min(n, Math.floor(fround(fround(unit * n) + fround(rng.next()))));
          return fround(fround(fround((2 * code) / n) - 1) * most) + 0;
        });
      });
      expect(rounded(rows, { bits, seed: 9 }).map(row => row.map(g => g + 0))).toEqual(expected);
    }
  });

  it('have 2^b numbers from the largest to its opposite, each example its own', () => {
    const row = fc.array(fc.float({ min: -8, max: 8, noNaN: true }), { minLength: 6, maxLength: 6 });
    fc.assert(
      fc.property(fc.tuple(row, row), fc.integer({ min: 1, max: 8 }), fc.nat(), (rows, bits, seed) => {
        const n = 2 ** bits - 1;
        const found = rounded(rows as number[][], { bits, seed });
        for (const [e, values] of found.entries()) {
          const most = Math.max(...(rows[e] as number[]).map(Math.abs));
          for (const [i, g] of values.entries()) {
            if (most === 0) expect(g + 0).toBe(0);
            else expect(((g / most + 1) / 2) * n).toBeCloseTo(Math.round(((g / most + 1) / 2) * n), 2);
            expect(Math.abs(g - ((rows[e] as number[])[i] as number))).toBeLessThanOrEqual((2 * most) / n + 1e-5);
          }
        }
        const twice = rounded([(rows[0] as number[]).map(g => 2 * g), rows[1] as number[]], { bits, seed });
        expect(twice[1]).toEqual(found[1]);
      }),
      { numRuns: 100 },
    );
  });

  it('are right in the mean, and the ends are kept', () => {
    const row = [-1, -0.7, -0.05, 0, 0.3, 1];
    const runs = 4000;
    const sums = row.map(() => 0);
    const many = rounded(
      Array.from({ length: runs }, () => row),
      { bits: 2, seed: 3 },
    );
    for (const values of many) for (const [i, g] of values.entries()) sums[i] = (sums[i] as number) + g;
    // a draw errs by at most a third: five standard errors of the mean
    for (const [i, g] of row.entries()) expect(Math.abs((sums[i] as number) / runs - g)).toBeLessThan(5 / 3 / Math.sqrt(runs));
    for (const values of many) expect([values[0], values[5]]).toEqual([-1, 1]);
  });

  it('stay other than finite where they are, and take any number of axes', () => {
    for (const broken of [Number.NaN, Number.POSITIVE_INFINITY])
      expect(
        rounded([[1, broken, 2]], { bits: 4, seed: 1 })
          .flat()
          .every(Number.isFinite),
      ).toBe(false);
    const shapes = [[3], [2, 4, 4, 3], [0, 5], [1, 1]].map(shape =>
      tf.tidy(() => quantizedGradient(upload(normal(random(1), shape)), { bits: 4, rng: random(1) }).shape),
    );
    expect(shapes).toEqual([[3], [2, 4, 4, 3], [0, 5], [1, 1]]);
  });
});

const three = (): Model => network('three', [10], { seed: 1 }).dense(16).relu().dense(12).relu().dense(4).model();

describe('training with them', () => {
  it('gives weights the gradient of what was rounded, and leaves the forward pass and later layers', async () => {
    const one: Examples = {
      inputs: array([1, 10], quadrants.inputs.data.slice(0, 10)),
      targets: array([1], quadrants.targets.data.slice(0, 1), 'int32'),
    };
    const step = (hooks: TrainingHooks): Promise<Model> => fit(three(), one, { hooks, epochs: 1, learningRate: 1, optimizer: 'sgd' });
    const [plain, rough] = [await step({}), await step(quantizeGradients(three(), { bits: 2, seed: 5 }))];
    const valueIn = (model: Model, name: string): NDArray => (model.parameters[name] as Parameter).value;
    const moved = (model: Model, name: string): number[] =>
      Array.from(valueIn(model, name).data, (w, i) => w - (valueIn(three(), name).data[i] as number));
    expect(moved(rough, 'dense-3.kernel')).toEqual(moved(plain, 'dense-3.kernel'));
    expect(moved(rough, 'dense-1.kernel')).not.toEqual(moved(plain, 'dense-1.kernel'));
    const expected = tf.tidy(() => {
      const p = (name: string): tf.Tensor2D => upload(valueIn(three(), name)) as tf.Tensor2D;
      const hidden = tf.relu(tf.matMul(upload(one.inputs) as tf.Tensor2D, p('dense-1.kernel')));
      const loss = (z: tf.Tensor): tf.Scalar => {
        const logits = tf.matMul(tf.relu(z) as tf.Tensor2D, p('dense-3.kernel'));
        return tf.losses.softmaxCrossEntropy(tf.oneHot(tf.tensor1d([...one.targets.data], 'int32'), 4), logits);
      };
      const slope = tf.grad(loss)(tf.matMul(hidden as tf.Tensor2D, p('dense-2.kernel')));
      const back = quantizedGradient(slope, { bits: 2, rng: random(5).split('dense-2') });
      return tf.neg(tf.matMul(hidden as tf.Tensor2D, back as tf.Tensor2D, true)).dataSync();
    });
    for (const [i, change] of moved(rough, 'dense-2.kernel').entries()) expect(change).toBeCloseTo(expected[i] as number, 5);
  });

  it('is the same for a seed, another for another, and learns', async () => {
    const run = (seed: number): Promise<Model> =>
      fit(three(), quadrants, { hooks: quantizeGradients(three(), { bits: 4, seed }), epochs: 6, batchSize: 40, learningRate: 0.05 });
    const [a, b, c] = [await run(1), await run(1), await run(2)];
    expect(a).toEqual(b);
    expect(a.parameters['dense-1.kernel']?.value.data).not.toEqual(c.parameters['dense-1.kernel']?.value.data);
    expect(lossOf(a, quadrants)).toBeLessThan(lossOf(three(), quadrants) / 2);
  });

  it('refuses other bits, nodes that there are not, and nets without inner layers', () => {
    for (const bits of [0, 9, 1.5, Number.NaN]) expect(() => quantizeGradients(three(), { bits })).toThrow(coded('quantize/bits'));
    expect(() => quantizeGradients(three(), { bits: 4, nodes: ['dense-9'] })).toThrow(coded('model/node'));
    expect(() => quantizeGradients(vgg({ widths: [4] }), { bits: 4 })).toThrow(coded('quantize/layer'));
  });
});
