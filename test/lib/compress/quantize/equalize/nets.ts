import { foldBatchNorm } from '../../../../../lib/compress/quantize/fold/batch-norm.ts';
import { network } from '../../../../../lib/model/build.ts';
import { predict } from '../../../../../lib/model/forward.ts';
import { type Model, mapParameters, type Parameter } from '../../../../../lib/model/model.ts';
import { array, type NDArray } from '../../../../../lib/tensor/array.ts';
import { normal, random, uniform } from '../../../../../lib/tensor/random.ts';

/** The model with normalisations and biases that differ from channel to channel. */
export function lively(model: Model, seed = 3): Model {
  return mapParameters(model, (parameter, name) => {
    const { shape } = parameter.value;
    if (shape.length > 1) return parameter;
    const positive = /gamma|variance/.test(name);
    return { ...parameter, value: uniform(random(seed).split(name), shape, positive ? { low: 0.3, high: 2 } : { low: -0.5, high: 0.5 }) };
  });
}

/** Convolution, depthwise chain, a branch that is added back, pooling, flatten, dense. */
export function branched(activation: 'relu' | 'relu6' | 'leaky-relu' = 'relu'): Model {
  const slope: Record<string, number> = activation === 'leaky-relu' ? { slope: 0.1 } : {};
  const net = network('branched', [8, 8, 2], { seed: 5 }).conv2d(6, 3, { bias: false }).batchNorm().activation(activation, slope);
  net.depthwiseConv2d(3, { bias: false, multiplier: 2 }).batchNorm().activation(activation, slope);
  const entry = net.conv2d(8, 1).activation(activation, slope).at;
  net.conv2d(8, 3, { groups: 2 }).activation(activation, slope).add(entry).maxPool(2).pad(1).averagePool(2).flatten().dense(7);
  return lively(net.activation(activation, slope).dense(3).model());
}

/** A small net of layers in any order, with everything that factors may pass or not. */
export function anyNet(seed: number): Model {
  const rng = random(seed);
  const net = network(`net ${seed}`, [6, 6, 4], { seed });
  for (let i = rng.int(3, 8); i > 0; i--) {
    const entry = net.at;
    const channels = net.shape.at(-1) as number;
    rng.pick([
      () =>
        net.conv2d(rng.int(1, 3) * 2, rng.pick([1, 3, [3, 2]] as const), {
          padding: rng.pick(['same', 1] as const),
          bias: rng.pick([true, false]),
        }),
      () => net.conv2d(channels * 2, 3, { groups: rng.pick([1, 2, channels].filter(groups => channels % groups === 0)) }),
      () => net.depthwiseConv2d(3, { multiplier: rng.int(1, 2) }),
      () => net.conv2dTranspose(4, 2, { strides: 1 }),
      () => net.relu(),
      () => net.leakyRelu(0.2),
      () => net.relu().conv2d(channels, 1).add(entry),
      () => net.relu().concat(entry),
      () => net.conv2d(3, 1).relu().concat(net.from(entry).conv2d(5, 1).leakyRelu(0.1).at),
      () => net.pad(1, { mode: rng.pick(['zero', 'reflect', 'replicate'] as const) }).maxPool(2, { strides: 1 }),
      () => net.activation('sigmoid'),
      () => net.batchNorm(),
      () => net.mul(net.from(entry).conv2d(channels, 1).at),
      () => net.averagePool(2, { strides: 1, padding: 'same' }),
      () => net.reshape([...net.shape.slice(0, 2), channels]),
      () =>
        net.transpose(
          rng.pick([
            [1, 0, 2],
            [0, 2, 1],
          ] as const),
        ),
    ])();
  }
  return lively(net.relu().flatten().dense(6).relu().dense(3).model(), seed);
}

/** Blocks of a transformer on [tokens, width]: attention of two heads, and an MLP with ReLU, each behind a layer norm. */
export function attentionTwin({ tokens = 6, width = 12, blocks = 2, seed = 1 } = {}): Model {
  const net = network('attention', [tokens, width], { seed });
  const heads = 2;
  for (let block = 0; block < blocks; block++) {
    const entry = net.at;
    const normed = net.layerNorm().at;
    const split = () => net.reshape([tokens, heads, width / heads]).transpose([1, 0, 2]).at;
    net.dense(width, { initial: 'glorot' });
    const keys = split();
    net.from(normed).dense(width, { initial: 'glorot' });
    const values = split();
    net.from(normed).dense(width, { initial: 'glorot' });
    split();
    net.matmul(keys, { transposeB: true }).activation('softmax').matmul(values);
    net.transpose([1, 0, 2]).reshape([tokens, width]).dense(width, { initial: 'glorot' }).add(entry);
    const middle = net.layerNorm().at;
    net
      .from(middle)
      .dense(4 * width)
      .relu()
      .dense(width, { initial: 'glorot' });
    net.add([net.from(middle).at]);
  }
  return lively(net.layerNorm().dense(5, { initial: 'glorot' }).model());
}

export const folded = (activation?: 'relu' | 'relu6' | 'leaky-relu'): Model => foldBatchNorm(branched(activation));

export const inputsFor = (shape: readonly number[], { count = 8, seed = 9 } = {}): NDArray => normal(random(seed), [count, ...shape]);

/** The largest difference of two models' outputs, as a share of the largest output. */
export function outputDifference(a: Model, b: Model, x: NDArray): number {
  const [first, second] = [predict(a, x).data, predict(b, x).data];
  let [difference, size] = [0, 0];
  for (let i = 0; i < first.length; i++) {
    difference = Math.max(difference, Math.abs((first[i] as number) - (second[i] as number)));
    size = Math.max(size, Math.abs(first[i] as number));
  }
  return difference / size;
}

/** Labels of no meaning, for what wants examples. */
export const unlabelled = (inputs: NDArray) => ({
  inputs,
  targets: array([inputs.shape[0] as number], new Int32Array(inputs.shape[0] as number), 'int32'),
});

/** The float32 values of a parameter. */
export const weights = (model: Model, name: string): Float32Array => (model.parameters[name] as Parameter).value.data as Float32Array;
