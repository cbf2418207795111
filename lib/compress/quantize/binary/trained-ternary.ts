import { type Model, withParameters } from '../../../model/model.ts';
import { codebook } from '../../../model/quantization/codebook.ts';
import { weightValue } from '../../../model/weights.ts';
import { array, type NDArray } from '../../../tensor/array.ts';
import { tf } from '../../../tensor/tf.ts';
import { tensor } from '../granularity/granularity.ts';
import type { WeightChoice } from '../masked-value.ts';
import type { WeightTraining } from '../schedule/weight-training.ts';
import { meanMagnitudes } from './magnitudes.ts';
import { assertThreshold } from './ternary.ts';
import { type SignedWeight, signedWeights } from './weight-signs.ts';

/** How weights become -w_n, 0, w_p with both trained. */
export interface TrainedTernaryOptions extends WeightChoice {
  /** Weights up to so many times the largest magnitude become 0; default 0.05. */
  readonly threshold?: number;
}

const positive = (name: string): string => `ternary.${name}.positive`;
const negative = (name: string): string => `ternary.${name}.negative`;

/**
 * Trained ternary weights (TTQ), for `trainQuantized`: w_p where W > Δ, -w_n where W < -Δ, 0 between, with Δ = 0.05 max |W| of each step. Both scales of a weight
 * are trained: ∂L/∂w_p = Σ ∂L/∂Ŵ over W > Δ, ∂L/∂w_n = -Σ ∂L/∂Ŵ over W < -Δ (the paper leaves the minus out). ∂L/∂W = ∂L/∂Ŵ times w_p, 1 or w_n. They
 * begin at the mean magnitude of the weights above Δ. Masks stay. Zhu et al. 2017, equations 6 to 8.
 * @throws LabError `quantize/parameter`, `quantize/threshold`, `quantize/empty`, `quantize/finite`.
 * @example
 * const data = strokeGlyphs({ count: 64, seed: 1 });
 * const net = mlp({ hidden: [16], seed: 1 });
 * const model = await trainQuantized(net, data, { technique: trainedTernary(net), epochs: 1, learningRate: 0.01 });
 * model.parameters['dense-1.kernel'].quantization.bits; // → 2
 */
export function trainedTernary(model: Model, options: TrainedTernaryOptions = {}): WeightTraining {
  const { threshold = 0.05 } = options;
  assertThreshold(threshold, `Model ${model.name}`);
  const weights = signedWeights(model, options, tensor());
  let scales: Readonly<Record<string, NDArray>> = startingScales(model, weights, threshold);
  return {
    hooks: {
      owns: Object.fromEntries(Object.entries(scales).map(([name, value]) => [name, { value, decays: false }])),
      parameters: all =>
        Object.fromEntries(
          weights.map(({ name }) => [
            name,
            twoScales([all[name], all[positive(name)], all[negative(name)]] as [tf.Tensor, tf.Tensor, tf.Tensor], threshold),
          ]),
        ),
      afterTraining(owned) {
        scales = owned;
      },
    },
    quantized: trained =>
      withParameters(trained, Object.fromEntries(weights.map(({ name }) => [name, stored(trained, name, { scales, threshold })]))),
  };
}

function startingScales(model: Model, weights: readonly SignedWeight[], threshold: number): Record<string, NDArray> {
  return Object.fromEntries(
    weights.flatMap(({ name, mask }) => {
      const value = weightValue(model, name);
      const above = Float64Array.of(deltaOf(value, threshold));
      const scale = array([1], [...meanMagnitudes({ value, mask, tile: tensor().tile(value.shape), above })]);
      return [
        [positive(name), scale],
        [negative(name), array([1], Float32Array.from(scale.data))],
      ] as const;
    }),
  );
}

const deltaOf = ({ data }: NDArray, threshold: number): number =>
  Math.fround(Math.fround(threshold) * (data as Float32Array).reduce((most, w) => Math.max(most, Math.abs(w)), 0));

/** w_p, 0 and -w_n, and how their gradients go. */
function twoScales(inputs: [tf.Tensor, tf.Tensor, tf.Tensor], threshold: number): tf.Tensor {
  const through = tf.customGrad((...args: (tf.Tensor | tf.GradSaveFunc)[]) => {
    const [w, p, n] = args as tf.Tensor[] as [tf.Tensor, tf.Tensor, tf.Tensor];
    const delta = tf.mul(tf.max(tf.abs(w)), threshold);
    const above = tf.greater(w, delta).toFloat();
    const below = tf.less(w, tf.neg(delta)).toFloat();
    (args[3] as tf.GradSaveFunc)([above, below, p, n]);
    return {
      value: tf.sub(tf.mul(above, p), tf.mul(below, n)),
      gradFunc: (dy, saved) => slopes(dy as tf.Tensor, saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor]),
    };
  });
  return through(...inputs);
}

function slopes(dy: tf.Tensor, [above, below, p, n]: readonly [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor]): tf.Tensor[] {
  const between = tf.sub(tf.sub(1, above), below);
  const factor = tf.add(tf.add(tf.mul(above, p), tf.mul(below, n)), between);
  const [ofP, ofN] = [tf.sum(tf.mul(dy, above)), tf.neg(tf.sum(tf.mul(dy, below)))];
  return [tf.mul(dy, factor), ofP.reshape([1]), ofN.reshape([1])];
}

function stored(
  trained: Model,
  name: string,
  { scales, threshold }: { readonly scales: Readonly<Record<string, NDArray>>; readonly threshold: number },
) {
  const value = weightValue(trained, name);
  const { shape } = value;
  const delta = deltaOf(value, threshold);
  const codes = Uint8Array.from(value.data, w => (w > delta ? 2 : w < -delta ? 0 : 1));
  const [p = 0, n = 0] = [positive(name), negative(name)].map(own => scales[own]?.data[0]);
  return { value: array(shape, codes, 'uint8'), quantization: codebook({ shape, bits: 2, entries: [-n, 0, p] }) };
}
