import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quantizeActivations } from '../../../../../lib/compress/quantize/activations/quantize-activations.ts';
import { firstStep, learnedSteps, slowSteps, stepGradientScale } from '../../../../../lib/compress/quantize/schedule/lsq.ts';
import { trainQuantized } from '../../../../../lib/compress/quantize/schedule/train-quantized.ts';
import { withParameters } from '../../../../../lib/model/model.ts';
import type { Affine } from '../../../../../lib/model/quantization/quantization.ts';
import { weightValue } from '../../../../../lib/model/weights.ts';
import { array, isArray } from '../../../../../lib/tensor/array.ts';
import { roundHalfEven } from '../../../../../lib/tensor/round.ts';
import { tf } from '../../../../../lib/tensor/tf.ts';
import { upload } from '../../../../../lib/tensor/upload.ts';
import type { NamedTensors } from '../../../../../lib/train/hooks.ts';
import { guardAgainstLeaks } from '../../../tensor/leak-guard.ts';
import { lossOf } from '../../prune/loss-of.ts';
import { quadrants, start } from '../../quadrants.ts';

guardAgainstLeaks();

const coded = (code: string) => expect.objectContaining({ name: 'LabError', code });
const name = 'dense-1.kernel';
const training = { epochs: 4, batchSize: 40, learningRate: 0.1 };

describe('LSQ', () => {
  it('slows steps down by 1 / √(N Q_p): 0.01195 for 1,000 weights and codes up to 7', () => {
    expect(stepGradientScale(1000, 7)).toBeCloseTo(0.01195, 5);
  });

  it('begins with 2 mean |v| / √Q_p, and 1 for zeros', () => {
    expect(firstStep(array([4], [1, -2, 0, 5]), 4)).toBe(2);
    expect(firstStep(array([2], [0, 0]), 7)).toBe(1);
    expect(() => firstStep(array([1], [Number.NaN]), 7, 'Parameter w')).toThrow('Parameter w');
    expect(() => firstStep(array([0], []), 7)).toThrow(coded('quantize/empty'));
  });

  /** What the loss sees of one weight with this step, and the gradients of Σ upstream · seen. */
  function at(values: readonly number[], step: number, upstream: readonly number[]): { seen: number[]; dw: number[]; ds: number } {
    const model = withParameters(start(1), { [name]: { value: array([1, values.length], values) } });
    const { hooks } = learnedSteps(model, { bits: 3, parameters: [name] });
    return tf.tidy(() => {
      const show = (w: tf.Tensor, s: tf.Tensor): tf.Tensor =>
        ((hooks.parameters?.({ [name]: w, [`lsq.${name}`]: s }) ?? {}) as NamedTensors)[name] as tf.Tensor;
      const [w, s] = [upload(weightValue(model, name)), tf.tensor1d([step])];
      const total = (...ws: tf.Tensor[]): tf.Scalar =>
        tf.sum(tf.mul(show(ws[0] as tf.Tensor, ws[1] as tf.Tensor), tf.tensor1d([...upstream])));
      const [dw, ds] = tf.grads(total)([w, s]) as [tf.Tensor, tf.Tensor];
      return { seen: [...show(w, s).dataSync()], dw: [...dw.dataSync()], ds: ds.dataSync()[0] as number };
    });
  }

  it('gives the step round(v/s) - v/s inside and the end of the grid outside, and the weights all of it inside', () => {
    // v/s: 0.6, -1.2, 5 (clipped to 3), -9 (clipped to -4)
    const { seen, dw, ds } = at([0.3, -0.6, 2.5, -4.5], 0.5, [1, 2, 3, 4]);
    expect(seen).toEqual([0.5, -0.5, 1.5, -2]);
    expect(dw).toEqual([1, 2, 0, 0]);
    expect(ds).toBeCloseTo((1 - 0.6 + 2 * (-1 + 1.2) + 3 * 3 + 4 * -4) / Math.sqrt(4 * 3), 5);
  });

  it('is the slope that finite differences have away from jumps, less v/s inside, where rounding counts for the identity', () => {
    const away = fc.double({ min: -8, max: 8, noNaN: true }).filter(steps => Math.abs(Math.abs(steps % 1) - 0.5) > 0.05);
    fc.assert(
      fc.property(away, fc.double({ min: 0.2, max: 2, noNaN: true }), (steps, s) => {
        const v = Math.fround(steps * s);
        const f = (by: number): number => by * Math.min(3, Math.max(-4, roundHalfEven(v / by)));
        const inside = roundHalfEven(v / s) >= -4 && roundHalfEven(v / s) <= 3;
        const slope = (f(s * 1.001) - f(s * 0.999)) / (s * 0.002);
        const { ds } = at([v], s, [1]);
        expect(ds * Math.sqrt(3)).toBeCloseTo(slope - (inside ? v / s : 0), 3);
      }),
      { numRuns: 60 },
    );
  });

  it('trains steps and stores the codes that the forward pass had, under a loss far below the start', async () => {
    const model = start(1);
    const technique = learnedSteps(model, { bits: 2 });
    const trained = await trainQuantized(model, quadrants, { ...training, technique });
    const { value, quantization } = trained.parameters[name] as { value: typeof quadrants.inputs; quantization: Affine };
    expect([value.dtype, quantization.bits, isArray(quantization.scale) && quantization.scale.data.length]).toEqual(['int4', 2, 1]);
    expect(isArray(quantization.scale) && quantization.scale.data[0]).not.toBe(firstStep(weightValue(model, name), 1));
    expect(lossOf(trained, quadrants)).toBeLessThan(0.5 * lossOf(model, quadrants));
  });

  it('keeps pruned weights at 0, gives each parameter its bits, and refuses others', async () => {
    const mask = array(
      [10, 32],
      Float32Array.from({ length: 320 }, (_, i) => i % 2),
    );
    const model = withParameters(start(1), { [name]: { mask } });
    const technique = learnedSteps(model, { bits: parameter => (parameter === name ? 4 : undefined) });
    const trained = await trainQuantized(model, quadrants, { ...training, epochs: 1, technique });
    expect([...weightValue(trained, name).data].every((w, i) => i % 2 === 1 || w === 0)).toBe(true);
    expect(trained.parameters['dense-2.kernel']?.quantization).toBeUndefined();
    for (const bits of [1, 9, 2.5]) expect(() => learnedSteps(model, { bits })).toThrow(coded('quantize/bits'));
    expect(() => learnedSteps(model, { bits: 2, parameters: ['x'] })).toThrow(coded('quantize/parameter'));
  });

  it('slows the steps of activations by their features, and nothing else', () => {
    const model = quantizeActivations(start(1), { intervals: { 'relu-1': { low: 0, high: 6 } }, format: { bits: 4, signed: false } });
    const [scale] = Object.keys(model.parameters).filter(parameter => parameter.endsWith('scale')) as [string];
    const slowed = tf.tidy(() => {
      const made = slowSteps(model).gradients?.({ [scale]: tf.tensor1d([1]), other: tf.tensor1d([1]) }, {}) ?? {};
      return Object.fromEntries(Object.entries(made).map(([key, g]) => [key, g.dataSync()[0]]));
    });
    expect(slowed).toEqual({ [scale]: Math.fround(1 / Math.sqrt(32 * 15)), other: 1 });
  });
});
