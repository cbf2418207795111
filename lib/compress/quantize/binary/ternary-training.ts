import type { Model } from '../../../model/model.ts';
import { signOf } from '../../../tensor/sign.ts';
import { tf } from '../../../tensor/tf.ts';
import { tensor } from '../granularity/granularity.ts';
import type { WeightChoice } from '../masked-value.ts';
import { straightThrough } from '../schedule/straight-through.ts';
import type { WeightTraining } from '../schedule/weight-training.ts';
import { assertThreshold, type TernaryOptions, ternaryQuantize } from './ternary.ts';
import { keptOf, type SignedWeight, signedWeights, tileMeans } from './weight-signs.ts';

/**
 * Weights -α, 0, α while they are trained (TWN), for `trainQuantized`: the forward pass has what `ternarize` makes of them, with the Δ and α of each step;
 * float32 weights take the updates. The derivative is taken for 1 everywhere, straight through. Masks stay. Li et al. 2016, section 2.3.
 * @throws LabError `quantize/parameter`, `quantize/threshold`, `quantize/granularity`, `quantize/empty`, `quantize/finite`.
 * @example
 * const data = strokeGlyphs({ count: 64, seed: 1 });
 * const net = mlp({ hidden: [16], seed: 1 });
 * const model = await trainQuantized(net, data, { technique: ternaryTraining(net), epochs: 1, learningRate: 0.01 });
 * new Set(realValue(model.parameters['dense-1.kernel']).data).size; // → 3
 */
export function ternaryTraining(model: Model, options: TernaryOptions & WeightChoice = {}): WeightTraining {
  const { threshold = 0.7, granularity = tensor() } = options;
  assertThreshold(threshold, `Model ${model.name}`);
  const weights = signedWeights(model, options, granularity);
  return {
    hooks: {
      parameters: all =>
        Object.fromEntries(
          weights.map(weight => [weight.name, straightThrough(all[weight.name] as tf.Tensor, x => ternaryOf(x, weight, threshold))]),
        ),
    },
    quantized: trained => ternaryQuantize(trained, { threshold, granularity, parameters: weights.map(({ name }) => name) }),
  };
}

function ternaryOf(x: tf.Tensor, weight: SignedWeight, threshold: number): tf.Tensor {
  const magnitudes = tf.abs(x);
  const kept = keptOf(weight, x);
  const delta = tf.mul(tileMeans(magnitudes, kept, weight.axes), threshold);
  const above = tf.mul(tf.greater(magnitudes, delta).toFloat(), kept);
  return tf.mul(tf.mul(signOf(x), above), tileMeans(magnitudes, above, weight.axes));
}
