import { describe, expect, it } from 'vitest';
import { equalizeCrossLayers } from '../../../lib/compress/quantize/equalize/cross-layer.ts';
import { foldBatchNorm } from '../../../lib/compress/quantize/fold/batch-norm.ts';
import { affineFormat } from '../../../lib/compress/quantize/format/affine.ts';
import { tensor } from '../../../lib/compress/quantize/granularity/granularity.ts';
import { quantizeWeights } from '../../../lib/compress/quantize/quantize-weights.ts';
import { loadDataset } from '../../../lib/data/loader.ts';
import { accuracy } from '../../../lib/measure/accuracy.ts';
import { parameters } from '../../../lib/measure/parameters.ts';
import type { Model } from '../../../lib/model/model.ts';
import { modelCard, pretrained } from '../../../lib/model/pretrained.ts';

describe('trained networks of the project', () => {
  it.each([
    'fashion-mnist-vgg',
    'fashion-mnist-depthwise',
    'fashion-mnist-tiny-14-2',
    'fashion-mnist-tiny-14-16',
    'fashion-mnist-tiny-14-24',
    'fashion-mnist-tiny-28-2',
    'fashion-mnist-tiny-28-12',
  ])('are what their cards say: %s', async name => {
    const { test } = await loadDataset('fashion-mnist');
    const [model, card] = [pretrained(name), modelCard(name)];
    expect(parameters(model)).toBe(card.parameters);
    expect(Math.abs(accuracy(model, test) - card.accuracy.test)).toBeLessThanOrEqual(0.002);
  });

  it('have a depthwise one that 4 bits with one scale a layer ruin, and equalization repairs', async () => {
    const { validation } = await loadDataset('fashion-mnist');
    const net = foldBatchNorm(pretrained('fashion-mnist-depthwise'));
    const fourBits = (model: Model): number => {
      const format = affineFormat({ bits: 4, symmetric: true });
      return accuracy(quantizeWeights(model, { format, granularity: tensor() }), validation);
    };
    expect(fourBits(net)).toBeLessThan(0.6);
    expect(fourBits(equalizeCrossLayers(net))).toBeGreaterThan(0.85);
  });

  it('are known by name', () => {
    expect(() => pretrained('../fashion-mnist-vgg')).toThrow(
      expect.objectContaining({
        message: 'There is no trained network ../fashion-mnist-vgg.',
        hint: expect.stringMatching(/^Known are: .*fashion-mnist-vgg/),
      }),
    );
  });
});
