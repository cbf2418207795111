import { type Model, withParameters } from '../../../model/model.ts';
import { codebook } from '../../../model/quantization/codebook.ts';
import { weightValue } from '../../../model/weights.ts';
import { array } from '../../../tensor/array.ts';
import { LabError } from '../../../tensor/errors.ts';
import { scope } from '../../../tensor/scope.ts';
import { tf } from '../../../tensor/tf.ts';
import { download, upload } from '../../../tensor/upload.ts';
import { statisticsOf } from '../range/statistics.ts';
import { straightThrough } from './straight-through.ts';
import { type TrainedBits, type TrainedWeight, trainedWeights, type WeightTraining } from './weight-training.ts';

/**
 * DoReFa-Net's weights: Ŵ = 2 · quantize_b(tanh(W) / (2 max |tanh W|) + ½) - 1, quantize_b(x) = round((2^b - 1) x) / (2^b - 1). They lie in -1 … 1,
 * at 2^b numbers of which none is 0, and whatever the weights' size, so that layers want a batch norm behind them. Rounding is passed straight
 * through, all else has its own gradient, that of the maximum too. Zhou et al. 2016, equation 9; for activations see `clipActivations`.
 * @throws LabError `quantize/parameter`, `quantize/bits`, `quantize/mask` for pruned weights, `quantize/empty`, `quantize/finite`.
 * @example
 * const [model, data] = [vgg({ widths: [4] }), strokeGlyphs({ count: 64, seed: 1 })];
 * const trained = await trainQuantized(model, data, { technique: doReFa(model, { bits: 2 }), learningRate: 0.01 });
 * [...new Set(realValue(trained.parameters['conv2d-1.kernel']).data)].every(w => [-1, Math.fround(-1 / 3), Math.fround(1 / 3), 1].includes(w)); // → true
 */
export function doReFa(model: Model, options: TrainedBits): WeightTraining {
  const weights = trainedWeights(model, options);
  for (const { name, value } of weights) {
    statisticsOf(value.data as Float32Array, { bins: 1, where: `Parameter ${name}` });
    if (model.parameters[name]?.mask?.data.some(kept => kept === 0))
      throw new LabError(
        'quantize/mask',
        `Parameter ${name}: DoReFa's grid has no 0 for its pruned weights.`,
        'quantizationAware keeps them.',
      );
  }
  return {
    hooks: {
      parameters: parameters =>
        Object.fromEntries(weights.map(weight => [weight.name, doReFaWeight(parameters[weight.name] as tf.Tensor, weight.bits)])),
    },
    quantized: trained => withParameters(trained, Object.fromEntries(weights.map(weight => [weight.name, coded(trained, weight)]))),
  };
}

/**
 * The weight as DoReFa's forward pass uses it. To be called inside a tidy.
 * @example
 * tf.tidy(() => [...doReFaWeight(tf.tensor1d([-3, 0.1, 3]), 2).dataSync()]); // → [-1, Math.fround(1 / 3), 1]
 */
export function doReFaWeight(weight: tf.Tensor, bits: number): tf.Tensor {
  const numbers = tf.tensor1d(numbersOf(bits));
  return straightThrough(
    unitOf(weight),
    unit => tf.gather(numbers, codesOf(unit, bits)),
    unit => tf.fill(unit.shape, 2),
  );
}

/** tanh(W) / (2 max |tanh W|) + ½, ½ for a weight of zeros. */
function unitOf(weight: tf.Tensor): tf.Tensor {
  const bounded = tf.tanh(weight);
  const most = tf.maximum(tf.max(tf.abs(bounded)), 2 ** -100);
  return tf.add(tf.div(bounded, tf.mul(most, 2)), 0.5);
}

const codesOf = (unit: tf.Tensor, bits: number): tf.Tensor => tf.round(tf.mul(unit, 2 ** bits - 1)).toInt();
const numbersOf = (bits: number): Float32Array => Float32Array.from({ length: 2 ** bits }, (_, q) => (2 * q) / (2 ** bits - 1) - 1);

function coded(trained: Model, { name, bits }: TrainedWeight) {
  const { shape, data } = scope(() => download(codesOf(unitOf(upload(weightValue(trained, name))), bits)));
  return {
    value: array(shape, Uint8Array.from(data), 'uint8'),
    quantization: codebook({ shape, bits, entries: [...numbersOf(bits)] }),
  };
}
