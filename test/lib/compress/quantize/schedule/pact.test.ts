import { describe, expect, it } from 'vitest';
import { learnedSteps } from '../../../../../lib/compress/quantize/schedule/lsq.ts';
import { clipActivations, clipLevels, pact } from '../../../../../lib/compress/quantize/schedule/pact.ts';
import { trainQuantized } from '../../../../../lib/compress/quantize/schedule/train-quantized.ts';
import { network } from '../../../../../lib/model/build.ts';
import { predict } from '../../../../../lib/model/forward.ts';
import { decodeModel, encodeModel } from '../../../../../lib/model/serialize.ts';
import { array, zeros } from '../../../../../lib/tensor/array.ts';
import { fakeQuantize } from '../../../../../lib/tensor/fake-quantize.ts';
import { tf } from '../../../../../lib/tensor/tf.ts';
import { fit } from '../../../../../lib/train/fit.ts';
import { joinHooks } from '../../../../../lib/train/join-hooks.ts';
import { guardAgainstLeaks } from '../../../tensor/leak-guard.ts';
import { lossOf } from '../../prune/loss-of.ts';
import { quadrants, start } from '../../quadrants.ts';

guardAgainstLeaks();

const coded = (code: string) => expect.objectContaining({ name: 'LabError', code });

describe('the estimator of PACT', () => {
  /** Gradients of Σ upstream · y to x and to α, of 2 bits: 0, α/3, 2α/3, α. */
  function at(x: readonly number[], alpha: number): { y: number[]; dx: number[]; dalpha: number } {
    return tf.tidy(() => {
      const upstream = tf.range(1, x.length + 1);
      const f = (v: tf.Tensor, a: tf.Tensor): tf.Tensor =>
        fakeQuantize(v, { scale: tf.div(a, 3), zeroPoint: tf.zeros([1]), low: 0, high: 3, estimator: 'pact' });
      const [v, a] = [tf.tensor1d([...x]), tf.tensor1d([alpha])];
      const [dx, da] = tf.grads((...all) => tf.sum(tf.mul(f(all[0] as tf.Tensor, all[1] as tf.Tensor), upstream)))([v, a]) as [
        tf.Tensor,
        tf.Tensor,
      ];
      return { y: [...f(v, a).dataSync()], dx: [...dx.dataSync()], dalpha: da.dataSync()[0] as number };
    });
  }

  it('gives x all of it from 0 to below α, and α what of x ≥ α comes', () => {
    const { y, dx, dalpha } = at([-1, 0, 0.9, 2.9, 3, 3.2, 50], 3);
    expect(y).toEqual([0, 0, 1, 3, 3, 3, 3]);
    expect(dx).toEqual([0, 2, 3, 4, 0, 0, 0]);
    expect(dalpha).toBe(5 + 6 + 7);
  });

  it('counts what is clipped where the upstream gradient is 1', () => {
    const x = Array.from({ length: 40 }, (_, i) => i / 8 - 1);
    const one = tf.tidy(() => {
      const f = (a: tf.Tensor): tf.Scalar =>
        tf.sum(fakeQuantize(tf.tensor1d(x), { scale: tf.div(a, 3), zeroPoint: tf.zeros([1]), low: 0, high: 3, estimator: 'pact' }));
      return tf
        .grad(f)(tf.tensor1d([3]))
        .dataSync()[0];
    });
    expect(one).toBe(x.filter(v => v >= 3).length);
  });

  it('has the slope in α that finite differences of clip(x, 0, α) have', () => {
    const clip = (v: number, a: number): number => Math.min(a, Math.max(0, v));
    for (const v of [-2, 0.4, 2.2, 2.9, 3.1, 7]) expect(at([v], 3).dalpha).toBeCloseTo((clip(v, 3.001) - clip(v, 2.999)) / 0.002, 4);
  });
});

describe('PACT', () => {
  const one = clipActivations(network('one', [4]).relu().model(), { bits: 2, alpha: 3 });
  const data = { inputs: array([2, 4], [5, 1, -1, 3, 0.5, 4, 2, 0]), targets: zeros([2, 4]) };

  it('moves α itself, by its gradient and the penalty, under any optimizer', async () => {
    const loss = (outputs: tf.Tensor): tf.Scalar => tf.sum(outputs).asScalar();
    const options = { loss, steps: 1, batchSize: 2, learningRate: 0.125 };
    // three values are clipped; 2 λ α = 2 · 0.25 · 3
    const sgd = await fit(one, data, { ...options, optimizer: 'sgd', hooks: pact(one, { strength: 0.25 }) });
    expect(clipLevels(sgd)['relu-1.clip']).toBeCloseTo(3 - 0.125 * (3 + 1.5), 5);
    const adam = await fit(one, data, { ...options, optimizer: 'adam', hooks: pact(one, { strength: 0 }) });
    expect(clipLevels(adam)['relu-1.clip']).toBeCloseTo(3 - 0.125, 4);
  });

  it('keeps α above 0', async () => {
    const loss = (outputs: tf.Tensor): tf.Scalar => tf.sum(outputs).asScalar();
    const fallen = await fit(one, data, {
      loss,
      steps: 3,
      batchSize: 2,
      learningRate: 50,
      optimizer: 'sgd',
      hooks: pact(one, { strength: 0 }),
    });
    expect(clipLevels(fallen)['relu-1.clip']).toBeGreaterThan(0);
    expect([...predict(fallen, data.inputs).data].every(Number.isFinite)).toBe(true);
  });

  it('joins with weights of learned steps: a network of 2 bits in weights and 3 in activations learns, and saves', async () => {
    const model = clipActivations(start(1), { bits: 3, alpha: 4 });
    const hooks = joinHooks(pact(model), { afterStep: () => {} });
    const options = { epochs: 4, batchSize: 40, learningRate: 0.1, hooks };
    const trained = await trainQuantized(model, quadrants, { ...options, technique: learnedSteps(model, { bits: 2 }) });
    expect(clipLevels(trained)['relu-1.clip']).not.toBeCloseTo(4, 3);
    expect(lossOf(trained, quadrants)).toBeLessThan(0.6 * lossOf(model, quadrants));
    const again = decodeModel(encodeModel(trained));
    expect([...predict(again, quadrants.inputs).data]).toEqual([...predict(trained, quadrants.inputs).data]);
  });

  it('clips to DoReFa’s 0 … 1 where α is 1 and stays', async () => {
    const model = clipActivations(start(1), { bits: 2, alpha: 1, trainable: false });
    const trained = await fit(model, quadrants, { epochs: 1, batchSize: 40, learningRate: 0.1 });
    expect(clipLevels(trained)['relu-1.clip']).toBeCloseTo(1, 6);
    const seen = new Set(predict({ ...trained, output: 'relu-1.clip' }, quadrants.inputs).data);
    expect([...seen].map(v => Math.round(3 * v)).sort()).toEqual([0, 1, 2, 3]);
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('refuses an α of %f', alpha => {
    expect(() => clipActivations(start(1), { bits: 2, alpha })).toThrow(coded('quantize/alpha'));
  });

  it('refuses a penalty below 0, and a model that clips nothing', () => {
    expect(() => pact(one, { strength: -1 })).toThrow(coded('quantize/strength'));
    expect(() => pact(start(1))).toThrow(coded('quantize/clip'));
  });
});
