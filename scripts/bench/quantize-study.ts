import type { Dataset } from '../../lib/data/dataset.ts';
import type { Model } from '../../lib/model/model.ts';
import type { Benchmark, Sample } from './result.ts';

/** Bits of the weights; activations stay float32. */
const bits = 3;

/** Every way to quantize, on one trained depthwise network: per tensor and per channel, by rounding and by training. */
const run: Benchmark = async ({ log }) => {
  const { accuracy, fit, loadDataset, oneCycleSchedule, quantize } = await import('../../lib/index.ts');
  const { train, test } = await loadDataset('fashion-mnist');
  const began = performance.now();
  const told = (what: string, model: Model): Sample => {
    const share = 100 * accuracy(model, test);
    log(`${what.padEnd(34)} ${share.toFixed(2)} %   ${((performance.now() - began) / 1000).toFixed(0)} s`);
    return { min: share, median: share, n: 1 };
  };
  const trained = await depthwise(train);
  const float = told('float32', trained);
  const model = quantize.foldBatchNorm(trained);
  const format = quantize.affineFormat({ bits, symmetric: true });
  const weights = { tensor: { format, granularity: quantize.tensor() }, channel: { format, granularity: quantize.channel() } };
  const rounded = (per: 'tensor' | 'channel'): Sample => told(`per ${per}, rounded`, quantize.quantizeWeights(model, weights[per]));
  const training = { epochs: 1, learningRate: oneCycleSchedule(0.01), augment: { flip: true } };
  const aware = async (per: 'tensor' | 'channel'): Promise<Sample> =>
    told(`per ${per}, trained`, await quantize.trainQuantized(model, train, { ...training, weights: weights[per] }));
  const control = quantize.quantizeWeights(await fit(model, train, training), weights.channel);
  const peers = {
    float32: float,
    'per tensor, rounded': rounded('tensor'),
    'per channel, rounded': rounded('channel'),
    'per channel, trained in float32, rounded': told('per channel, trained as float32', control),
    'per tensor, one epoch of training': await aware('tensor'),
  };
  return { name: `Weights of ${bits} bits, per channel, one epoch of training`, unit: '% right', ours: await aware('channel'), peers };
};

/** 38,314 parameters; decay of γ and β drives the ranges of its folded channels apart, as long training does. */
async function depthwise(train: Dataset): Promise<Model> {
  const { fit, mobileNetV1SmallBlocks, network, oneCycleSchedule, prune } = await import('../../lib/index.ts');
  const net = network('depthwise', [28, 28, 1], { seed: 0 }).conv2d(16, 3, { bias: false }).batchNorm().relu6();
  for (const [channels, strides] of mobileNetV1SmallBlocks) {
    net.depthwiseConv2d(3, { strides, bias: false }).batchNorm().relu6();
    net.conv2d(channels, 1, { bias: false }).batchNorm().relu6();
  }
  const model = net.globalAveragePool().dense(10).model();
  const norms = Object.keys(model.parameters).filter(name => /\.(gamma|beta)$/.test(name));
  return fit(model, train, {
    epochs: 8,
    learningRate: oneCycleSchedule(0.1),
    weightDecay: 5e-3,
    augment: { flip: true },
    hooks: prune.l2Penalty({ strength: 2.5e-3, parameters: norms }),
  });
}

export default run;
