import type { Model } from '../../../model/model.ts';
import { LabError } from '../../../tensor/errors.ts';
import { signOf, within1 } from '../../../tensor/sign.ts';
import { tf } from '../../../tensor/tf.ts';
import { channel } from '../granularity/granularity.ts';
import type { WeightChoice } from '../masked-value.ts';
import { straightThrough } from '../schedule/straight-through.ts';
import type { WeightTraining } from '../schedule/weight-training.ts';
import { type BinaryOptions, binaryQuantize } from './binary.ts';
import { keptOf, type SignedWeight, signedWeights, tileMeans } from './weight-signs.ts';

/**
 * Weights in one bit while they are trained, for `trainQuantized`. The forward pass has sign(W), or α sign(W) with the α of each step; float32 weights take
 * the updates. The sign has no derivative, and what stands for it differs:
 * - `scale: 'none'` (BNN): ∂L/∂W = ∂L/∂Ŵ · [|W| ≤ 1], and after each update W is clipped to -1 … 1. Courbariaux et al. 2016, equation 4 and section 1.2.
 * - `scale: 'mean'` (BWN): ∂L/∂W = ∂L/∂Ŵ · (1 / n + α [|W| ≤ 1]), n weights of a filter. Rastegari et al. 2016, section 3.1.
 *
 * With `sign` nodes for the activations they are BNN and XNOR-Net: `sign` with `scaled: true` has the scale of XNOR-Net's inputs.
 * @throws LabError `quantize/parameter`, `quantize/mask` for pruned weights, `quantize/granularity`, `quantize/empty`, `quantize/finite`.
 * @example
 * const data = strokeGlyphs({ count: 64, seed: 1 });
 * const net = network('bnn', [28, 28, 1], { seed: 1 }).conv2d(8).batchNorm().activation('sign', { scaled: false }).maxPool().conv2d(8).batchNorm().relu().flatten().dense(10).model();
 * const technique = binaryTraining(net, { scale: 'none', parameters: ['conv2d-2.kernel'] });
 * const model = await trainQuantized(net, data, { technique, epochs: 1, optimizer: 'adam', learningRate: 0.01 });
 * new Set(realValue(model.parameters['conv2d-2.kernel']).data); // → new Set([1, -1])
 */
export function binaryTraining(model: Model, options: BinaryOptions & WeightChoice = {}): WeightTraining {
  const { scale = 'mean', granularity = channel() } = options;
  const weights = signedWeights(model, options, granularity);
  for (const { name, mask } of weights)
    if (mask?.data.some(kept => kept === 0))
      throw new LabError('quantize/mask', `Parameter ${name}: one bit has no 0 for its pruned weights.`, 'ternaryTraining has one.');
  const names = weights.map(({ name }) => name);
  return {
    hooks: {
      parameters: all =>
        Object.fromEntries(
          weights.map(weight => {
            const real = all[weight.name] as tf.Tensor;
            return [weight.name, scale === 'none' ? straightThrough(real, signOf, within1) : scaledSigns(real, weight)];
          }),
        ),
      ...(scale === 'none' && {
        afterStep(variables) {
          for (const name of names) variables[name]?.assign(tf.clipByValue(variables[name], -1, 1));
        },
      }),
    },
    quantized: trained => binaryQuantize(trained, { scale, granularity, parameters: names }),
  };
}

/** α sign(W), with 1 / n + α [|W| ≤ 1] for its derivative. */
function scaledSigns(real: tf.Tensor, weight: SignedWeight): tf.Tensor {
  const scaleOf = (x: tf.Tensor): tf.Tensor => tileMeans(tf.abs(x), keptOf(weight, x), weight.axes);
  const n = weight.axes.reduce((product, a) => product * (real.shape[a] as number), 1);
  return straightThrough(
    real,
    x => tf.mul(signOf(x), scaleOf(x)),
    x => tf.add(tf.mul(within1(x), scaleOf(x)), 1 / n),
  );
}
