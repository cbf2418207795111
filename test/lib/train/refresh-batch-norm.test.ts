import { describe, expect, it } from 'vitest';
import { strokeGlyphs } from '../../../lib/data/stroke-glyphs.ts';
import { forward, predict } from '../../../lib/model/forward.ts';
import { type Model, mapParameters, nodeOf } from '../../../lib/model/model.ts';
import { vgg } from '../../../lib/model/vgg.ts';
import { filled } from '../../../lib/tensor/array.ts';
import { tensorCount } from '../../../lib/tensor/scope.ts';
import { tf } from '../../../lib/tensor/tf.ts';
import { upload } from '../../../lib/tensor/upload.ts';
import { correctAnswers } from '../../../lib/train/examples.ts';
import { fit } from '../../../lib/train/fit.ts';
import { refreshBatchNorm } from '../../../lib/train/refresh-batch-norm.ts';

const data = strokeGlyphs({ count: 1_000, seed: 1 });
const accuracy = (model: Model) => tf.tidy(() => (correctAnswers(upload(predict(model, data.images)), upload(data.labels)) ?? 0) / 1_000);
const spoilt = (model: Model) => mapParameters(model, p => (p.trainable ? p : { ...p, value: filled(p.value.shape, 3) }));

describe('refreshBatchNorm', () => {
  it('measures mean and variance of what comes into each batch norm', async () => {
    const model = spoilt(vgg({ widths: [4], seed: 1 }));
    const batch = strokeGlyphs({ count: 64, seed: 1 });
    const refreshed = await refreshBatchNorm(model, batch);
    const norm = model.nodes.find(node => node.op === 'batch-norm');
    const source = nodeOf(model, norm?.inputs[0] ?? '').id;
    tf.tidy(() => {
      const x = tf.tensor(
        Float32Array.from(batch.images.data, v => v / 255),
        [...batch.images.shape],
      );
      forward(model, x, {
        onActivation: (node, value) => {
          if (node.id !== source) return;
          const { mean, variance } = tf.moments(value, [0, 1, 2]);
          const near = (values: ArrayLike<number>) => Array.from(values, v => expect.closeTo(v, 4));
          expect([...(refreshed.parameters[norm?.parameters.mean ?? '']?.value.data ?? [])]).toEqual(near(mean.dataSync()));
          expect([...(refreshed.parameters[norm?.parameters.variance ?? '']?.value.data ?? [])]).toEqual(near(variance.dataSync()));
        },
      });
    });
    expect.assertions(2);
  });

  it('brings a model back whose statistics are stale, leaves the weights and leaks nothing', async () => {
    const model = await fit(vgg({ widths: [8, 'M', 16, 'M', 16], seed: 3 }), data, { epochs: 4, batchSize: 32, seed: 1 });
    const good = accuracy(model);
    expect(accuracy(spoilt(model))).toBeLessThan(good - 0.2);
    const before = tensorCount();
    const refreshed = await refreshBatchNorm(spoilt(model), data);
    expect(tensorCount()).toBe(before);
    expect(accuracy(refreshed)).toBeGreaterThan(good - 0.05);
    for (const [name, { trainable, value }] of Object.entries(model.parameters)) {
      if (trainable) expect(refreshed.parameters[name]?.value).toBe(value);
    }
  });

  it('stops when it is interrupted', async () => {
    await expect(refreshBatchNorm(vgg({ widths: [4] }), data, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'train/interrupted',
    });
  });
});
