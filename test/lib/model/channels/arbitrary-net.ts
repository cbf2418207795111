import fc from 'fast-check';
import { type NetworkBuilder, network } from '../../../../lib/model/build.ts';
import { type Model, mapParameters } from '../../../../lib/model/model.ts';
import { type Random, random, uniform } from '../../../../lib/tensor/random.ts';

/**
 * Small nets in which channels meet in every way: residual sums, concatenations (also of a value with itself), depthwise and grouped
 * convolutions, batch norm, pooling, borders, flattening, reshapes there and back, gates, attention, shared parameters. Activations give 0 for 0.
 */
export const arbitraryNet: fc.Arbitrary<Model> = fc.integer({ min: 0, max: 1_000_000 }).map(netOf);

export function netOf(seed: number): Model {
  const rng = random(seed);
  const net = network(`net ${seed}`, [rng.int(4, 6), rng.int(4, 6), rng.int(1, 4)], { seed });
  convolve(net, rng);
  for (let i = rng.int(1, 6); i > 0; i--) rng.pick(blocks)(net, rng);
  rng.pick(heads)(net, rng);
  return mapParameters(net.dense(rng.int(1, 3)).model(), (parameter, name) => {
    const { shape } = parameter.value;
    if (shape.length > 1) return parameter;
    const low = name.endsWith('.mean') || name.endsWith('.beta') || name.endsWith('.bias') ? -1 : 0.5;
    return { ...parameter, value: uniform(rng.split(name), shape, { low, high: 1 }) };
  });
}

type Write = (net: NetworkBuilder, rng: Random) => void;

const channelsOf = (net: NetworkBuilder): number => net.shape.at(-1) as number;
const activations = ['relu', 'relu6', 'tanh', 'swish', 'hard-swish'] as const;

function convolve(net: NetworkBuilder, rng: Random, filters = rng.pick([2, 3, 4, 6])): void {
  const divisors = [1, 2, 3, 4, 6].filter(g => filters % g === 0 && channelsOf(net) % g === 0);
  net.conv2d(filters, rng.pick([1, 3]), { groups: rng.pick(divisors), bias: rng.pick([true, false]) });
  if (rng.int(0, 1)) net.batchNorm();
  if (rng.int(0, 2)) net.activation(rng.pick(activations));
}

/** A second branch from `entry` that ends with the channels it is given. */
function branch(net: NetworkBuilder, rng: Random, { entry, channels }: { entry: string; channels: number }): string {
  net.from(entry);
  for (let i = rng.int(0, 1); i > 0; i--) convolve(net, rng);
  convolve(net, rng, channels);
  return net.at;
}

const blocks: readonly Write[] = [
  convolve,
  net => net.batchNorm().relu(),
  (net, rng) => net.depthwiseConv2d(3, { multiplier: rng.int(1, 3), bias: rng.pick([true, false]) }).batchNorm(),
  function residual(net, rng) {
    const entry = net.at;
    const other = branch(net, rng, { entry, channels: channelsOf(net) });
    net.from(entry).add(other);
  },
  function sumOfThree(net, rng) {
    const entry = net.at;
    const channels = rng.pick([2, 4]);
    const [a, b] = [branch(net, rng, { entry, channels }), branch(net, rng, { entry, channels })];
    branch(net, rng, { entry, channels });
    net.add([a, b]);
  },
  function besides(net, rng) {
    const entry = net.at;
    const other = branch(net, rng, { entry, channels: rng.pick([2, 3]) });
    net.from(entry).concat(rng.pick([[other], [other, entry]]));
  },
  function sumWithConcat(net, rng) {
    const entry = net.at;
    const parts = [branch(net, rng, { entry, channels: 2 }), branch(net, rng, { entry, channels: 3 })] as const;
    const joined = net.from(parts[0]).concat(parts[1]).at;
    branch(net, rng, { entry, channels: 5 });
    net.add(joined);
  },
  (net, rng) => net.conv2dTranspose(rng.pick([2, 4]), 2, { strides: 1 }).leakyRelu(0.1),
  (net, rng) => net.pad([1, 0, 0, 1], { mode: rng.pick(['zero', 'reflect', 'replicate'] as const) }),
  (net, rng) =>
    rng.pick([() => net.maxPool(2, { strides: 1, padding: 'same' }), () => net.averagePool(2, { strides: 1, padding: 'same' })])(),
  function stacked(net) {
    const [height = 1, width = 1, channels = 1] = net.shape;
    net.concat(net.at, { axis: 0 }).reshape([height, 2 * width, channels]);
  },
  function rowsOfPixels(net) {
    const [height = 1, width = 1, channels = 1] = net.shape;
    net.reshape([height, width * channels]).reshape([height, width, channels]);
  },
  net => net.scale(),
  net => net.transpose([1, 0, 2]),
  function gated(net) {
    const entry = net.at;
    const channels = channelsOf(net);
    const gate = net.globalAveragePool().dense(channels).activation('sigmoid').reshape([1, 1, channels]).at;
    net.from(entry).mul(gate);
  },
  function mappedByPlace(net, rng) {
    const entry = net.at;
    const map = net.conv2d(1, 1).activation('sigmoid').at;
    net.from(entry).mul(rng.pick([map, entry]));
  },
  function attention(net, rng) {
    const [height = 1, width = 1, channels = 1] = net.shape;
    const heads = rng.int(1, 2);
    const places = height * width;
    const rows = net.reshape([places, channels]).at;
    const split = (units: number): string =>
      net
        .from(rows)
        .dense(heads * units)
        .reshape([places, heads, units])
        .transpose([1, 0, 2]).at;
    const [q, k, v] = [split(3), split(3), split(2)];
    net.from(q).matmul(k, { transposeB: true }).activation('softmax').matmul(v);
    net
      .transpose([1, 0, 2])
      .reshape([places, heads * 2])
      .dense(rng.int(2, 4));
    net.reshape([height, width, channelsOf(net)]);
  },
  function columnsAsRows(net) {
    const [height = 1, width = 1, channels = 1] = net.shape;
    const rows = net.reshape([height * width, channels]).at;
    // xᵀ · x, and back into an image by a dense layer
    net
      .matmul(rows, { transposeA: true })
      .flatten()
      .dense(height * width * 2)
      .reshape([height, width, 2]);
  },
];

const heads: readonly Write[] = [
  net => net.globalAveragePool(),
  net => net.flatten(),
  (net, rng) => net.flatten().dense(6).relu().reshape([3, 2]).dense(rng.int(2, 3)).flatten(),
  (net, rng) => net.flatten().dense(8).batchNorm().reshape([2, 2, 2]).conv2d(rng.int(2, 3), 1).flatten(),
];
