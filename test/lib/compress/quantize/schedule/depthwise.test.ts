import { expect, it } from 'vitest';
import { plantScales } from '../../../../../lib/compress/quantize/equalize/plant-scales.ts';
import { foldBatchNorm } from '../../../../../lib/compress/quantize/fold/batch-norm.ts';
import { affineFormat } from '../../../../../lib/compress/quantize/format/affine.ts';
import { channel, type Granularity, tensor } from '../../../../../lib/compress/quantize/granularity/granularity.ts';
import { quantizeWeights } from '../../../../../lib/compress/quantize/quantize-weights.ts';
import { trainQuantized } from '../../../../../lib/compress/quantize/schedule/train-quantized.ts';
import { strokeGlyphs } from '../../../../../lib/data/stroke-glyphs.ts';
import { network } from '../../../../../lib/model/build.ts';
import type { Model } from '../../../../../lib/model/model.ts';
import { fit } from '../../../../../lib/train/fit.ts';
import { lossOf } from '../../prune/loss-of.ts';

const data = strokeGlyphs({ count: 512, seed: 1 });
const [, height, width, channels] = data.images.shape as [number, number, number, number];

/** A trained depthwise network without batch norm, whose channels have ranges that are far apart. */
async function depthwise(seed: number): Promise<Model> {
  const net = network('depthwise', [height, width, channels], { seed }).conv2d(8, 3, { strides: 2 }).batchNorm().relu();
  for (const units of [16, 16]) net.depthwiseConv2d(3, { strides: 2 }).batchNorm().relu().conv2d(units, 1).batchNorm().relu();
  const model = net.globalAveragePool().dense(data.classes.length).model();
  return plantScales(foldBatchNorm(await fit(model, data, { epochs: 12, batchSize: 32, learningRate: 0.1, seed })), { spread: 8, seed });
}

const loss = (quantized: Model): number => lossOf(quantized, { inputs: data.images, targets: data.labels });
const scheme = (granularity: Granularity) => ({ format: affineFormat({ bits: 3, symmetric: true }), granularity });

/** Losses with weights of 3 bits: a scale for each layer, for each channel, trained rounded, and trained in float as long. */
async function losses(seed: number): Promise<[tensor: number, channel: number, aware: number, control: number]> {
  const model = await depthwise(seed);
  const options = { epochs: 4, batchSize: 32, optimizer: 'adam', learningRate: 0.003, seed } as const;
  return [
    loss(quantizeWeights(model, scheme(tensor()))),
    loss(quantizeWeights(model, scheme(channel()))),
    loss(await trainQuantized(model, data, { ...options, weights: scheme(channel()) })),
    loss(quantizeWeights(await fit(model, data, options), scheme(channel()))),
  ];
}

// One network's loss after rounding is an accident; the mean of three is not.
it('loses most per tensor, less per channel, and least where it is trained', async () => {
  const all = [await losses(1), await losses(2), await losses(3)];
  const [perTensor, perChannel, aware, control] = [0, 1, 2, 3].map(i => all.reduce((sum, one) => sum + (one[i] as number), 0) / 3) as [
    number,
    number,
    number,
    number,
  ];
  expect(perTensor).toBeGreaterThan(2 * perChannel);
  expect(aware).toBeLessThan(0.5 * perChannel);
  expect(aware).toBeLessThan(0.7 * control);
});
