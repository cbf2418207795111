import { beforeAll, describe, expect, it } from 'vitest';
import { kMeansQuantize } from '../../../../../lib/compress/quantize/codebook/k-means-quantize.ts';
import { type Dataset, take } from '../../../../../lib/data/dataset.ts';
import { loadDataset } from '../../../../../lib/data/loader.ts';
import { accuracy } from '../../../../../lib/measure/accuracy.ts';
import { modelSize } from '../../../../../lib/measure/model-size.ts';
import { pretrained } from '../../../../../lib/model/pretrained.ts';
import { refreshBatchNorm } from '../../../../../lib/train/refresh-batch-norm.ts';

/** What k-means does to a trained network, on 2,000 test images: the figures that a lab builds on. */
describe('fashion-mnist-vgg by k-means', () => {
  let [train, test]: Dataset[] = [];
  beforeAll(async () => {
    const splits = await loadDataset('fashion-mnist');
    [train, test] = [splits.train, take(splits.test, 2000)];
  });

  it.each([
    [2, 0.603, 0.9],
    [1, 0.1, 0.8345],
  ])('has at %i bits %d, and %d once its batch norm is refreshed', async (bits, plain, refreshed) => {
    const model = kMeansQuantize(pretrained('fashion-mnist-vgg'), { bits });
    expect(accuracy(model, test as Dataset)).toBeCloseTo(plain, 2);
    expect(Math.abs(accuracy(await refreshBatchNorm(model, train as Dataset), test as Dataset) - refreshed)).toBeLessThan(0.01);
  });

  it('takes a quarter of a byte a weight at 2 bits', () => {
    expect(modelSize(kMeansQuantize(pretrained('fashion-mnist-vgg'), { bits: 2 }))).toBe(107_762 + 144 + 9_128);
  });
});
