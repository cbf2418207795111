import { describe, expect, it } from 'vitest';
import { doReFa, doReFaWeight } from '../../../../../lib/compress/quantize/schedule/do-refa.ts';
import { trainQuantized } from '../../../../../lib/compress/quantize/schedule/train-quantized.ts';
import { withParameters } from '../../../../../lib/model/model.ts';
import { weightValue } from '../../../../../lib/model/weights.ts';
import { array } from '../../../../../lib/tensor/array.ts';
import { normal, random } from '../../../../../lib/tensor/random.ts';
import { roundHalfEven } from '../../../../../lib/tensor/round.ts';
import { tf } from '../../../../../lib/tensor/tf.ts';
import { upload } from '../../../../../lib/tensor/upload.ts';
import { fit } from '../../../../../lib/train/fit.ts';
import { guardAgainstLeaks } from '../../../tensor/leak-guard.ts';
import { lossOf } from '../../prune/loss-of.ts';
import { quadrants, start } from '../../quadrants.ts';

guardAgainstLeaks();

const coded = (code: string) => expect.objectContaining({ name: 'LabError', code });
const weights = normal(random(5), [7, 5]);
const unit = (w: readonly number[]): number[] => {
  const most = Math.max(...w.map(v => Math.abs(Math.tanh(v))));
  return w.map(v => Math.tanh(v) / (2 * most) + 0.5);
};

describe('DoReFa', () => {
  it.each([2, 3, 4, 8])('gives the numbers of equation 9 with %i bits', bits => {
    const n = 2 ** bits - 1;
    const expected = unit([...weights.data]).map(u => Math.fround((2 * roundHalfEven(n * u)) / n - 1));
    expect(tf.tidy(() => [...doReFaWeight(upload(weights), bits).dataSync()])).toEqual(expected);
  });

  it('has the slope of tanh(W) / max |tanh W|, the part of the maximum included', () => {
    const w = [...weights.data];
    const upstream = w.map((_, i) => 1 + (i % 3));
    const smooth = (values: readonly number[]): number =>
      unit(values).reduce((sum, u, i) => sum + (upstream[i] as number) * (2 * u - 1), 0);
    const slopes = tf.tidy(() => [
      ...tf
        .grad(x => tf.sum(tf.mul(doReFaWeight(x, 2), tf.tensor(upstream, [7, 5]))))(upload(weights))
        .dataSync(),
    ]);
    for (const [i, v] of w.entries()) {
      const [ahead, behind] = [1e-5, -1e-5].map(by => smooth(w.with(i, v + by))) as [number, number];
      expect(slopes[i]).toBeCloseTo((ahead - behind) / 2e-5, 3);
    }
  });

  it('takes zeros for the middle, and one weight for an end', () => {
    const of = (values: number[]): number[] => tf.tidy(() => [...doReFaWeight(tf.tensor1d(values), 2).dataSync()]);
    expect(of([0, 0])).toEqual([Math.fround(1 / 3), Math.fround(1 / 3)]);
    expect(of([-0.01])).toEqual([-1]);
  });

  it('stores what the forward pass used, of 2^bits numbers, and learns', async () => {
    const model = start(1);
    const technique = doReFa(model, { bits: 2, parameters: ['dense-1.kernel'] });
    const options = { epochs: 4, batchSize: 40, learningRate: 0.02 };
    const trained = await trainQuantized(model, quadrants, { ...options, technique });
    const float = await fit(model, quadrants, { ...options, hooks: technique.hooks });
    const shown = tf.tidy(() => [...doReFaWeight(upload(weightValue(float, 'dense-1.kernel')), 2).dataSync()]);
    expect([...weightValue(trained, 'dense-1.kernel').data]).toEqual(shown);
    expect(trained.parameters['dense-1.kernel']?.quantization?.bits).toBe(2);
    expect(lossOf(trained, quadrants)).toBeLessThan(lossOf(model, quadrants));
  });

  it('refuses pruned weights, which its grid has no 0 for, and what is not finite', () => {
    const name = 'dense-1.kernel';
    const pruned = withParameters(start(1), { [name]: { mask: array([10, 32], new Float32Array(320)) } });
    expect(() => doReFa(pruned, { bits: 2 })).toThrow(coded('quantize/mask'));
    const broken = withParameters(start(1), { [name]: { value: array([10, 32], new Float32Array(320).fill(Number.NaN)) } });
    expect(() => doReFa(broken, { bits: 2 })).toThrow(`Parameter ${name}`);
  });
});
