import { activationPlaces } from '../../../lib/compress/quantize/activations/places.ts';
import { quantizeActivations } from '../../../lib/compress/quantize/activations/quantize-activations.ts';
import { foldBatchNorm } from '../../../lib/compress/quantize/fold/batch-norm.ts';
import { type AffineFormat, affineFormat } from '../../../lib/compress/quantize/format/affine.ts';
import { channel, type Granularity } from '../../../lib/compress/quantize/granularity/granularity.ts';
import type { Interval } from '../../../lib/compress/quantize/interval.ts';
import { quantizeWeights } from '../../../lib/compress/quantize/quantize-weights.ts';
import { network } from '../../../lib/model/build.ts';
import { inputsOf, type Model, mapParameters } from '../../../lib/model/model.ts';
import { valuesOf } from '../../../lib/model/run.ts';
import { array, type NDArray } from '../../../lib/tensor/array.ts';
import type { Random } from '../../../lib/tensor/random.ts';
import { sizeOf } from '../../../lib/tensor/shape.ts';
import { tf } from '../../../lib/tensor/tf.ts';

/** Normal numbers around 0.3, most of them within -1 … 2. */
export function numbers(shape: readonly number[], rng: Random): NDArray {
  return array(
    shape,
    Float32Array.from({ length: sizeOf(shape) }, () => 0.3 + 0.6 * rng.normal()),
  );
}

/** Every value of a model for a batch, by the node's id. */
export function valuesOfAll(model: Model, inputs: readonly NDArray[]): Readonly<Record<string, Float32Array>> {
  return tf.tidy(() => {
    const batch = inputsOf(model).map(({ id }, i): [string, tf.Tensor] => {
      const { data, shape } = inputs[i] as NDArray;
      return [id, tf.tensor(data as Float32Array, [...shape])];
    });
    const values = valuesOf(model, Object.fromEntries(batch), { ids: model.nodes.map(({ id }) => id) });
    return Object.fromEntries(Object.entries(values).map(([id, value]) => [id, value.dataSync() as Float32Array]));
  });
}

/** What a model is quantized by in these tests. */
export interface Setting {
  readonly weights?: AffineFormat;
  readonly activations?: AffineFormat;
  readonly granularity?: Granularity;
  /** Intervals that calibration does not choose. */
  readonly intervals?: Readonly<Record<string, Interval>>;
}

/** The model folded, quantized and calibrated by the batch itself. */
export function quantized(float: Model, inputs: readonly NDArray[], setting: Setting = {}): Model {
  const { weights = { bits: 8, symmetric: true }, activations = { bits: 8 }, granularity = channel() } = setting;
  const model = quantizeWeights(foldBatchNorm(float), { format: affineFormat(weights), granularity });
  const values = valuesOfAll(model, inputs);
  const intervals = activationPlaces(model).map(id => [
    id,
    setting.intervals?.[id] ?? {
      low: (values[id] as Float32Array).reduce((a, b) => Math.min(a, b), 0),
      high: (values[id] as Float32Array).reduce((a, b) => Math.max(a, b), 0),
    },
  ]);
  return quantizeActivations(model, { intervals: Object.fromEntries(intervals), format: activations });
}

/** Random affine parts of batch norms and biases, so that nothing is 0 or 1 by chance. */
export function shaken(model: Model, rng: Random): Model {
  return mapParameters(model, (parameter, name) => {
    const role = name.split('.').at(-1) as string;
    const draw: Readonly<Record<string, () => number>> = {
      bias: () => 0.3 * rng.normal(),
      beta: () => 0.3 * rng.normal(),
      mean: () => 0.3 * rng.normal(),
      gamma: () => 0.5 + rng.next(),
      variance: () => 0.2 + rng.next(),
    };
    const next = draw[role];
    if (!next) return parameter;
    const { shape } = parameter.value;
    return { ...parameter, value: array(shape, Float32Array.from({ length: sizeOf(shape) }, next)) };
  });
}

/** A small net of random layers that all have an integer form. */
export function randomNet(rng: Random): Model {
  const net = network('random', [rng.int(4, 8), rng.int(4, 8), rng.int(1, 3)], { seed: rng.int(0, 1000) });
  for (let i = rng.int(1, 4); i > 0; i--) {
    const entry = net.at;
    rng.pick([
      () =>
        net
          .conv2d(rng.int(1, 5), rng.pick([1, 3, [3, 2]] as const), { padding: rng.pick(['same', 1, [0, 1, 1, 0]] as const) })
          .batchNorm()
          .relu(),
      () => net.conv2d(4, 3, { strides: rng.pick([1, 2] as const), bias: false }).relu6(),
      () => net.conv2d(3, 2, { dilations: 2, padding: 'same' }),
      () =>
        net
          .depthwiseConv2d(3, { bias: false, multiplier: rng.int(1, 2) })
          .batchNorm()
          .relu6(),
      () =>
        net.conv2dTranspose(rng.int(1, 3), rng.pick([2, 3] as const), {
          strides: rng.pick([1, 2] as const),
          padding: rng.pick(['same', 'valid', 0] as const),
        }),
      () => net.conv2d(2, 1).relu().concat(entry),
      () => net.relu().add(entry),
      () => net.mul(entry),
      () => net.maxPool(2, { strides: 1, padding: 'same' }),
      () => net.pad([1, 0, 2, 1], { mode: 'zero' }),
      () => net.activation(rng.pick(['sigmoid', 'tanh', 'swish', 'hard-swish'] as const)),
      () => net.leakyRelu(0.1),
    ])();
  }
  rng.pick([() => net.globalAveragePool(), () => net.flatten()])();
  return shaken(net.dense(rng.int(2, 5)).model(), rng);
}
