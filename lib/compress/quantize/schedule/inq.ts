import type { Dataset } from '../../../data/dataset.ts';
import { type Model, withParameters } from '../../../model/model.ts';
import { codebook } from '../../../model/quantization/codebook.ts';
import { weightValue } from '../../../model/weights.ts';
import { array, type NDArray } from '../../../tensor/array.ts';
import { LabError } from '../../../tensor/errors.ts';
import { roundedShare } from '../../../tensor/share.ts';
import { tf } from '../../../tensor/tf.ts';
import { upload } from '../../../tensor/upload.ts';
import type { Examples } from '../../../train/examples.ts';
import { fit } from '../../../train/fit.ts';
import type { TrainingHooks } from '../../../train/hooks.ts';
import { joinHooks } from '../../../train/join-hooks.ts';
import type { FitOptions } from '../../../train/options.ts';
import { statisticsOf } from '../range/statistics.ts';
import { type TrainedBits, trainedWeights } from './weight-training.ts';

/** Training, bits, and in which portions weights become powers of two. */
export interface IncrementalOptions extends FitOptions, TrainedBits {
  /** Shares of the weights that are quantized after each portion, rising to 1; default 0.5, 0.75, 0.875, 1. Between two of them the rest is trained. */
  readonly portions?: readonly number[];
  /** Called after each portion with the model as it is then: float32 values, of which that share are powers of two. */
  readonly onPortion?: (share: number, model: Model) => void;
}

/** Largest and smallest exponent of a weight's powers of two. */
export interface PowerRange {
  readonly high: number;
  readonly low: number;
}

/**
 * The exponents that INQ gives a weight: n₁ = ⌊log₂(4 max |W| / 3)⌋ and n₂ = n₁ + 1 - 2^(b-2), so that with 0 and both signs b bits hold them all;
 * n₁ = 0 for zeros alone. Zhou et al. 2017, section 2.1.
 * @example
 * powerRange(array([3], [0.1, -0.9, 0.3]), 5); // → { high: 0, low: -7 }
 */
export function powerRange({ data }: NDArray, bits: number): PowerRange {
  const most = (data as Float32Array).reduce((max, w) => Math.max(max, Math.abs(w)), 0);
  const high = most === 0 ? 0 : Math.floor(Math.log2((4 * most) / 3));
  return { high, low: high + 1 - 2 ** (bits - 2) };
}

/** The power of two (or 0) that stands for a weight: ±2^n for ¾ · 2^n ≤ |w| < 3/2 · 2^n, 0 below half the smallest. Zhou et al. 2017, equation 4. */
export function nearestPower(w: number, { high, low }: PowerRange): number {
  const size = Math.abs(w);
  if (size < 2 ** (low - 1)) return 0;
  let n = high;
  while (n > low && size < 0.75 * 2 ** n) n--;
  return Math.sign(w) * 2 ** n;
}

/**
 * Incremental network quantization: the largest weights of each parameter become powers of two and stay so, the others are trained to make up for it, and
 * again, until all are. The options of `fit` hold for each training; there is one less than portions. Masks stay. Zhou et al. 2017.
 * @throws LabError `quantize/portions` unless they rise to 1, `quantize/parameter`, `quantize/bits`, `quantize/finite`; and as `fit`.
 * @example
 * const data = strokeGlyphs({ count: 64, seed: 1 });
 * const model = await quantizeIncrementally(mlp({ hidden: [16] }), data, { bits: 5, learningRate: 0.01 });
 * realValue(model.parameters['dense-1.kernel']).data.every(w => w === 0 || Number.isInteger(Math.log2(Math.abs(w)))); // → true
 */
export async function quantizeIncrementally(model: Model, data: Dataset | Examples, options: IncrementalOptions): Promise<Model> {
  const { bits, parameters, portions = [0.5, 0.75, 0.875, 1], onPortion, ...training } = options;
  assertPortions(portions);
  const weights = trainedWeights(model, { bits, parameters }).map(weight => {
    statisticsOf(weight.value.data as Float32Array, { bins: 1, where: `Parameter ${weight.name}` });
    return { ...weight, range: powerRange(weight.value, weight.bits), fixed: new Uint8Array(weight.value.data.length) };
  });
  let current = model;
  for (const share of portions) {
    const changes = weights.map(({ name, range, fixed }) => [
      name,
      { value: fixLargest(weightValue(current, name), { fixed, range, share }), quantization: undefined },
    ]);
    current = withParameters(current, Object.fromEntries(changes));
    onPortion?.(share, current);
    if (share === 1) break;
    const held = new HeldWeights(current, weights);
    try {
      current = await fit(current, data, { ...training, hooks: joinHooks(training.hooks, held.hooks) });
    } finally {
      held.dispose();
    }
  }
  return withParameters(
    current,
    Object.fromEntries(weights.map(({ name, bits: width, range }) => [name, asPowers(weightValue(current, name), range, width)])),
  );
}

/** The value with the largest of the weights that are still free made powers of two, until this share of all is fixed; marks them. */
function fixLargest(
  { shape, data }: NDArray,
  now: { readonly fixed: Uint8Array; readonly range: PowerRange; readonly share: number },
): NDArray {
  const { fixed, range, share } = now;
  const free = Array.from(fixed.keys()).filter(i => fixed[i] === 0);
  const next = roundedShare(share, data.length) - (data.length - free.length);
  free.sort((a, b) => Math.abs(data[b]) - Math.abs(data[a]) || a - b);
  const values = Float32Array.from(data);
  for (const i of free.slice(0, Math.max(0, next))) {
    fixed[i] = 1;
    values[i] = nearestPower(data[i], range);
  }
  return array(shape, values);
}

/** Weights that training must leave as they are, as tensors. */
class HeldWeights {
  readonly #held: readonly { readonly name: string; readonly free: tf.Tensor; readonly values: tf.Tensor }[];

  constructor(model: Model, weights: readonly { readonly name: string; readonly fixed: Uint8Array }[]) {
    this.#held = weights.map(({ name, fixed }) => {
      const { shape, data } = weightValue(model, name);
      const [free, values] = [Float32Array.from(fixed, f => 1 - f), Float32Array.from(data, (w, i) => w * fixed[i])];
      return { name, free: tf.keep(upload(array(shape, free))), values: tf.keep(upload(array(shape, values))) };
    });
  }

  /** No gradient for what is held; and after each update, which weight decay and momentum reach too, its value again. */
  get hooks(): TrainingHooks {
    return {
      gradients: gradients => ({
        ...gradients,
        ...Object.fromEntries(
          this.#held.filter(({ name }) => gradients[name]).map(({ name, free }) => [name, tf.mul(gradients[name] as tf.Tensor, free)]),
        ),
      }),
      afterStep: variables => {
        for (const { name, free, values } of this.#held) {
          const variable = variables[name] as tf.Variable;
          variable.assign(tf.add(tf.mul(variable, free), values));
        }
      },
    };
  }

  dispose(): void {
    tf.dispose(this.#held.flatMap(({ free, values }) => [free, values]));
  }
}

/** Powers of two as indices: -2^high … -2^low, 0, 2^low … 2^high. */
function asPowers({ shape, data }: NDArray, { high, low }: PowerRange, bits: number) {
  const powers = Array.from({ length: high - low + 1 }, (_, i) => 2 ** (low + i));
  const entries = [...powers.toReversed().map(p => -p), 0, ...powers];
  const places = new Map(entries.map((entry, i) => [entry, i]));
  return {
    value: array(
      shape,
      Uint8Array.from(data, w => places.get(w === 0 ? 0 : w) as number),
      'uint8',
    ),
    quantization: codebook({ shape, bits, entries }),
  };
}

function assertPortions(portions: readonly number[]): void {
  const rising = portions.every((share, i) => share > (portions[i - 1] ?? 0) && share <= 1);
  if (rising && portions.at(-1) === 1) return;
  throw new LabError('quantize/portions', `Portions rise from above 0 to 1; got ${portions.join(', ')}.`, 'Such as [0.5, 0.75, 0.875, 1].');
}
