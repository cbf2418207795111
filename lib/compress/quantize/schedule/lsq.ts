import { type Model, withParameters } from '../../../model/model.ts';
import { affine } from '../../../model/quantization/affine.ts';
import { inferShapes } from '../../../model/shapes.ts';
import { weightValue } from '../../../model/weights.ts';
import { array, type NDArray } from '../../../tensor/array.ts';
import { fakeQuantize } from '../../../tensor/fake-quantize.ts';
import { roundHalfEven } from '../../../tensor/round.ts';
import { type Shape, sizeOf } from '../../../tensor/shape.ts';
import { tf } from '../../../tensor/tf.ts';
import { upload } from '../../../tensor/upload.ts';
import type { TrainingHooks } from '../../../train/hooks.ts';
import type { OwnedParameter } from '../../../train/owned.ts';
import { storedCodes } from '../quantize-weights.ts';
import { statisticsOf } from '../range/statistics.ts';
import { scaledGradient } from './straight-through.ts';
import { type TrainedBits, type TrainedWeight, trainedWeights, type WeightTraining } from './weight-training.ts';

/** The least step: steps are positive. */
const least = 2 ** -40;

/**
 * How much slower a step size learns than the gradient says, g = 1 / √(N · Q_p), with N weights (or features of an activation) and codes up to
 * Q_p: so that it moves, relative to its size, about as far as the weights. Esser et al. 2020 (LSQ), section 2.2.
 * @example
 * stepGradientScale(1000, 7).toFixed(5); // → '0.01195'
 */
export function stepGradientScale(count: number, highest: number): number {
  return 1 / Math.sqrt(count * highest);
}

/**
 * The step size that LSQ begins with, 2 mean |v| / √Q_p; 1 for a weight of zeros alone. Esser et al. 2020, section 2.1.
 * @throws LabError `quantize/empty`, `quantize/finite` with `where` in the message.
 */
export function firstStep(value: NDArray, highest: number, where = 'The value'): number {
  const data = value.data as Float32Array;
  statisticsOf(data, { bins: 1, where });
  const mean = data.reduce((sum, v) => sum + Math.abs(v), 0) / data.length;
  return mean === 0 ? 1 : Math.max(least, (2 * mean) / Math.sqrt(highest));
}

/**
 * LSQ: each weight has a trained step size s, v̂ = s · clip(round(v / s), -2^(b-1), 2^(b-1) - 1). Its gradient ∂v̂/∂s is round(v / s) - v / s inside
 * and the end of the grid outside (`fakeQuantize`), times `stepGradientScale`; that of v goes straight through. Pruned weights stay 0. For the
 * activations see `slowSteps`. Esser et al. 2020.
 * @throws LabError `quantize/parameter`, `quantize/bits`, `quantize/empty`, `quantize/finite`.
 * @example
 * const [model, data] = [mlp({ hidden: [16] }), strokeGlyphs({ count: 64, seed: 1 })];
 * const trained = await trainQuantized(model, data, { technique: learnedSteps(model, { bits: 3 }), learningRate: 0.01 });
 * trained.parameters['dense-1.kernel'].quantization.bits; // → 3
 */
export function learnedSteps(model: Model, options: TrainedBits): WeightTraining {
  const weights = trainedWeights(model, options);
  const stepName = (name: string): string => `lsq.${name}`;
  const first = weights.map(({ name, bits, value }): [string, OwnedParameter] => [
    stepName(name),
    { value: array([1], [firstStep(value, highestOf(bits), `Parameter ${name}`)]), decays: false },
  ]);
  let learned: Readonly<Record<string, NDArray>> = Object.fromEntries(first.map(([name, { value }]) => [name, value]));
  return {
    hooks: {
      owns: Object.fromEntries(first),
      parameters: parameters =>
        Object.fromEntries(
          weights.map(weight => {
            const [w, s] = [parameters[weight.name], parameters[stepName(weight.name)]] as [tf.Tensor, tf.Tensor];
            const mask = model.parameters[weight.name]?.mask;
            const rounded = steppedWeight(w, s, weight);
            return [weight.name, mask ? tf.mul(rounded, upload(mask)) : rounded];
          }),
        ),
      afterStep(parameters) {
        for (const { name } of weights) {
          const step = parameters[stepName(name)] as tf.Variable;
          step.assign(tf.maximum(step, least));
        }
      },
      afterTraining(owned) {
        learned = owned;
      },
    },
    quantized: trained =>
      withParameters(
        trained,
        Object.fromEntries(
          weights.map(({ name, bits }) => [name, byStep(weightValue(trained, name), learned[stepName(name)].data[0], bits)]),
        ),
      ),
  };
}

const highestOf = (bits: number): number => 2 ** (bits - 1) - 1;

function steppedWeight(w: tf.Tensor, s: tf.Tensor, { bits, value }: TrainedWeight): tf.Tensor {
  const high = highestOf(bits);
  const scale = scaledGradient(s, stepGradientScale(sizeOf(value.shape), high));
  return fakeQuantize(w, { scale, zeroPoint: tf.zeros([1]), low: -high - 1, high });
}

/** The codes that the forward pass had: quotients in single precision. */
function byStep({ shape, data }: NDArray, step: number, bits: number): ReturnType<typeof stored> {
  const [low, high] = [-(2 ** (bits - 1)), highestOf(bits)];
  const codes = Int32Array.from(data, v => Math.min(high, Math.max(low, roundHalfEven(Math.fround(v / step)))));
  return stored(shape, codes, { bits, low, high, step });
}

function stored(shape: Shape, codes: Int32Array, { bits, low, high, step }: { bits: number; low: number; high: number; step: number }) {
  return { value: storedCodes(shape, codes, { low, high }), quantization: affine({ shape, bits, scale: [step] }) };
}

/**
 * Hooks that slow down the scales of a model's `fake-quantize` nodes by `stepGradientScale`, N being the features of the value that is quantized: LSQ of
 * activations, whose other gradients these nodes have by themselves. Esser et al. 2020, section 2.2.
 */
export function slowSteps(model: Model): TrainingHooks {
  const shapes = inferShapes(model);
  const factors = new Map<string, number>();
  for (const { id, op, parameters, attributes } of model.nodes) {
    if (op !== 'fake-quantize') continue;
    const { bits, signed } = attributes as { bits: number; signed: boolean };
    factors.set(parameters.scale as string, stepGradientScale(sizeOf(shapes.get(id) as Shape), 2 ** (signed ? bits - 1 : bits) - 1));
  }
  return {
    gradients: gradients =>
      Object.fromEntries(
        Object.entries(gradients).map(([name, g]) => [name, factors.has(name) ? tf.mul(g, factors.get(name) as number) : g]),
      ),
  };
}
