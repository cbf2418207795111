import { afterEach, describe, expect, it } from 'vitest';
import { strokeGlyphs } from '../../../lib/data/stroke-glyphs.ts';
import { predict } from '../../../lib/model/forward.ts';
import { mlp } from '../../../lib/model/mlp.ts';
import { type Model, withParameters } from '../../../lib/model/model.ts';
import { affine } from '../../../lib/model/quantization/affine.ts';
import { vgg } from '../../../lib/model/vgg.ts';
import { array } from '../../../lib/tensor/array.ts';
import { normal, random } from '../../../lib/tensor/random.ts';
import { tf } from '../../../lib/tensor/tf.ts';
import { upload } from '../../../lib/tensor/upload.ts';
import { correctAnswers } from '../../../lib/train/examples.ts';
import { fit } from '../../../lib/train/fit.ts';
import { gradients } from '../../../lib/train/gradients.ts';
import { meanSquaredError } from '../../../lib/train/losses.ts';
import type { OptimizerName } from '../../../lib/train/optimizers.ts';
import type { TrainingEnd } from '../../../lib/train/report.ts';
import { setReporter } from '../../../lib/train/report.ts';

const train = strokeGlyphs({ count: 2_000, seed: 1 });
const test = strokeGlyphs({ count: 500, first: 2_000, seed: 1 });
const few = strokeGlyphs({ count: 96, seed: 1 });
const small = () => vgg({ widths: [8, 'M', 16, 'M', 16], seed: 3 });

afterEach(() => setReporter(undefined));

describe('learning', () => {
  it('learns stroke glyphs with what is set when nothing is said', async () => {
    const losses: number[] = [];
    const model = await fit(small(), train, { epochs: 4, batchSize: 32, seed: 1, reporter: { epoch: e => losses.push(e.loss) } });
    expect(losses).toHaveLength(4);
    expect(losses[3]).toBeLessThan((losses[0] as number) / 2);
    const correct = tf.tidy(() => correctAnswers(upload(predict(model, test.images)), upload(test.labels)) ?? 0);
    expect(correct / 500).toBeGreaterThan(0.9);
  });

  it.each(['sgd', 'momentum', 'nesterov', 'adam', 'adamW'] satisfies OptimizerName[])(
    '%s finds the weights of a linear map',
    async optimizer => {
      const inputs = normal(random(1), [256, 3]);
      const [w, b] = [[1, -2, 0.5], 0.25];
      const targets = array(
        [256, 1],
        Float32Array.from({ length: 256 }, (_, i) => b + w.reduce((s, v, k) => s + v * (inputs.data[3 * i + k] as number), 0)),
      );
      const learningRate = optimizer.startsWith('adam') ? 0.05 : 0.1;
      const model = mlp({ input: [3], hidden: [], classes: 1, seed: 1 });
      const options = { epochs: 60, batchSize: 32, optimizer, learningRate, loss: meanSquaredError(), seed: 1 };
      const found = Object.values((await fit(model, { inputs, targets }, options)).parameters).map(p => [...p.value.data]);
      expect(found.flat().sort((x, y) => x - y)).toEqual([-2, 0.25, 0.5, 1].map(v => expect.closeTo(v, 2)));
    },
  );

  it("takes an optimizer of one's own, which keeps its rate", async () => {
    const rates: number[] = [];
    const optimizer = () => tf.train.rmsprop(0.002);
    await fit(small(), few, { optimizer, reporter: { step: e => rates.push(e.learningRate) } });
    expect(rates).toEqual([0.002, 0.002]);
    await expect(fit(small(), few, { optimizer: 'adamx' as OptimizerName })).rejects.toMatchObject({ code: 'train/optimizer' });
  });
});

describe('one update', () => {
  it('is the gradient step of the whole batch, with decay on kernels only', async () => {
    const model = mlp({ input: [28, 28, 1], hidden: [5], classes: 10, seed: 2 });
    const g = gradients(model, few);
    const after = await fit(model, few, { batchSize: 96, optimizer: 'sgd', learningRate: 0.1, weightDecay: 0.01, seed: 1 });
    for (const [name, { value }] of Object.entries(model.parameters)) {
      const decay = value.shape.length >= 2 ? 0.01 : 0;
      const got = after.parameters[name]?.value.data as Float32Array;
      for (const [i, w] of value.data.entries()) expect(got[i]).toBeCloseTo(w - 0.1 * ((g[name]?.data[i] as number) + decay * w), 5);
    }
  });
});

describe('options', () => {
  it.each([{ epochs: 0 }, { epochs: 1.5 }, { steps: 0 }, { batchSize: 0 }, { weightDecay: -1 }, { earlyStop: { patience: 1 } }])(
    'refuses %o',
    async wrong => {
      await expect(fit(small(), few, wrong)).rejects.toMatchObject({ code: 'train/options' });
    },
  );

  it('makes as many passes as `steps` asks for', async () => {
    const ends: TrainingEnd[] = [];
    await fit(small(), few, { batchSize: 32, steps: 7, reporter: { end: e => ends.push(e) } });
    expect(ends).toMatchObject([{ steps: 7, reason: 'finished' }]);
    expect(ends[0]?.epochs).toHaveLength(3);
  });

  it('reports no accuracy where targets are values, whatever their type', async () => {
    const ends: TrainingEnd[] = [];
    const data = { inputs: normal(random(1), [8, 3]), targets: array([8], [5, 9, 2, 7, 5, 1, 3, 8], 'int32') };
    const model = mlp({ input: [3], hidden: [], classes: 1 });
    await fit(model, data, { loss: meanSquaredError(), learningRate: 1e-3, validation: data, reporter: { end: e => ends.push(e) } });
    expect(ends[0]?.epochs[0]).toMatchObject({ loss: expect.any(Number), validationLoss: expect.any(Number) });
    expect(ends[0]?.epochs[0]?.accuracy).toBeUndefined();
    expect(ends[0]?.epochs[0]?.validationAccuracy).toBeUndefined();
  });

  it('refuses labels that the model has no output for', async () => {
    await expect(fit(vgg({ widths: [2], classes: 9 }), few)).rejects.toMatchObject({ code: 'train/label' });
  });

  it('refuses data that does not fit the model', async () => {
    await expect(fit(mlp({ input: [3], hidden: [], classes: 2 }), few)).rejects.toMatchObject({ code: 'shape/mismatch' });
    const labels = array([2], [0, 1], 'int32');
    await expect(fit(small(), { inputs: few.images, targets: labels })).rejects.toMatchObject({ code: 'train/examples' });
  });

  it('trains a model with quantized parameters as the real numbers they stand for', async () => {
    const model = mlp({ input: [28, 28, 1], hidden: [2], classes: 10, seed: 1 });
    const [name, parameter] = Object.entries(model.parameters).find(([n]) => n.endsWith('kernel')) as [string, Model['parameters'][string]];
    const stored = array(
      parameter.value.shape,
      Int8Array.from(parameter.value.data, v => Math.round(v * 100)),
      'int8',
    );
    const quantization = affine({ shape: stored.shape, bits: 8, scale: [0.01], zeroPoint: [0] });
    const quantized = withParameters(model, { [name]: { value: stored, quantization } });
    const after = (await fit(quantized, few, { learningRate: 1e-9 })).parameters[name];
    expect(after?.quantization).toBeUndefined();
    for (const [i, v] of stored.data.entries()) expect(after?.value.data[i]).toBeCloseTo(v * 0.01, 6);
  });
});
