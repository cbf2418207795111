import { expect, test } from 'vitest';
import { gateImportance } from '../../../../../lib/compress/prune/channels/gates.ts';
import { apoz, averagePercentageOfZeros } from '../../../../../lib/compress/prune/channels/importance/apoz.ts';
import { batchNormScale } from '../../../../../lib/compress/prune/channels/importance/batch-norm-scale.ts';
import { channelEntropy, histogramEntropy } from '../../../../../lib/compress/prune/channels/importance/entropy.ts';
import { groupFisher } from '../../../../../lib/compress/prune/channels/importance/group-fisher.ts';
import { channelNorm } from '../../../../../lib/compress/prune/channels/importance/norm.ts';
import { randomChannels } from '../../../../../lib/compress/prune/channels/importance/random.ts';
import { channelTaylor } from '../../../../../lib/compress/prune/channels/importance/taylor.ts';
import { pruneChannels } from '../../../../../lib/compress/prune/channels/prune-channels.ts';
import { rows } from '../../../../../lib/data/dataset.ts';
import { network } from '../../../../../lib/model/build.ts';
import { type ChannelGroup, groupNamed, prunableGroups } from '../../../../../lib/model/channels/groups.ts';
import { predict } from '../../../../../lib/model/forward.ts';
import { type Model, mapParameters, type Parameter, withParameters } from '../../../../../lib/model/model.ts';
import { resNet8 } from '../../../../../lib/model/resnet.ts';
import { array } from '../../../../../lib/tensor/array.ts';
import { integers, normal, random, uniform } from '../../../../../lib/tensor/random.ts';
import { tf } from '../../../../../lib/tensor/tf.ts';
import { crossEntropy } from '../../../../../lib/train/losses.ts';
import { silenced } from '../../../model/channels/reference.ts';

const group = (model: Model, name: string): ChannelGroup => groupNamed(prunableGroups(model), name);
const close = (got: ArrayLike<number>, expected: ArrayLike<number>): void => {
  expect(got.length).toBe(expected.length);
  for (let i = 0; i < got.length; i++)
    expect(Math.abs((got[i] as number) - (expected[i] as number))).toBeLessThan(2e-4 + 2e-3 * Math.abs(expected[i] as number));
};

/** Two filters of a 1×1 convolution over two channels, read by a dense layer after a flatten of 1×2 pixels. */
const hand = withParameters(network('hand', [1, 2, 2]).conv2d(2, 1, { bias: false }).relu().flatten().dense(2, { bias: false }).model(), {
  'conv2d-1.kernel': { value: array([1, 1, 2, 2], [3, -1, 4, 2]) },
  'dense-1.kernel': { value: array([4, 2], [1, -2, 0, 3, 2, 0, 0, -4]) },
});

test('norms of filters, of readers, of both', () => {
  const of = group(hand, 'conv2d-1');
  close(channelNorm({ p: 1 })(hand, of), [7, 3]);
  close(channelNorm({ p: 2 })(hand, of), [5, Math.sqrt(5)]);
  close(channelNorm({ p: 1, of: 'in' })(hand, of), [1 + 2 + 2, 3 + 4]);
  close(channelNorm({ p: 2, of: 'in' })(hand, of), [3, 5]);
  close(channelNorm({ p: 1, of: 'all' })(hand, of), [12, 10]);
  close(channelNorm({ p: 3, of: 'in' })(hand, of), [17 ** (1 / 3), 91 ** (1 / 3)]);
});

const resNet = resNet8({ input: [8, 8, 2], channels: 4, classes: 3, seed: 2 });

/** ResNet-8 whose scales and shifts are not 1 and 0, without kinks, so that finite differences tell slopes. */
const smooth = { ...resNet, nodes: resNet.nodes.map(node => (node.op === 'relu' ? { ...node, op: 'tanh' } : node)) };
const residual = mapParameters(smooth, (parameter, name) => {
  const { shape } = parameter.value;
  return shape.length > 1 ? parameter : { ...parameter, value: uniform(random(3).split(name), shape, { low: 0.5, high: 1.5 }) };
});
const examples = { inputs: normal(random(4), [6, 8, 8, 2]), targets: integers(random(5), [6], { low: 0, high: 2 }) };

test('BN scale: |γ| over every batch norm of the group', () => {
  const scales = ['batch-norm-1.gamma', 'batch-norm-3.gamma'].map(name => (residual.parameters[name] as Parameter).value.data);
  close(
    batchNormScale()(residual, group(residual, 'conv2d-1')),
    [0, 1, 2, 3].map(i => (scales[0]?.[i] as number) + (scales[1]?.[i] as number)),
  );
  expect(() => batchNormScale()(hand, group(hand, 'conv2d-1'))).toThrowError(expect.objectContaining({ code: 'prune/batch-norm' }));
});

/** The loss of some examples with the weights that read one channel scaled by m. */
function lossAt(model: Model, of: ChannelGroup, { channel, m, data }: { channel: number; m: number; data: typeof examples }): number {
  const gated = mapParameters(model, (parameter, name) => {
    const readers = of.members.filter(({ side, parameter: read }) => side === 'in' && read === name);
    if (readers.length === 0) return parameter;
    const { shape, data: values } = parameter.value;
    const scaled = Float32Array.from(values);
    for (const { axis, positions, copies } of readers)
      for (let i = 0; i < scaled.length; i++) {
        const inner = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
        const position = Math.floor(i / inner) % (shape[axis] as number);
        if (positions.subarray(channel * copies, (channel + 1) * copies).includes(position)) scaled[i] = (scaled[i] as number) * m;
      }
    return { ...parameter, value: array(shape, scaled) };
  });
  const outputs = predict(gated, data.inputs);
  return tf.tidy(() => {
    const loss = crossEntropy()(
      tf.tensor(outputs.data, [...outputs.shape]),
      tf.tensor(data.targets.data, [...data.targets.shape], 'int32'),
      {
        inputs: tf.zeros([1]),
        parameters: {},
        activations: {},
      },
    );
    return loss.dataSync()[0] as number;
  });
}

const slope = (model: Model, of: ChannelGroup, about: { channel: number; data: typeof examples }): number =>
  (lossAt(model, of, { ...about, m: 1.02 }) - lossAt(model, of, { ...about, m: 0.98 })) / 0.04;

test.each(['conv2d-1', 'conv2d-2', 'conv2d-4'])(
  'Taylor of %s: the slope of the loss over a gate in every layer that reads the channel',
  name => {
    const of = group(residual, name);
    const expected = Array.from({ length: of.channels }, (_, channel) => Math.abs(slope(residual, of, { channel, data: examples })));
    close(channelTaylor(examples)(residual, of), expected);
  },
);

test('group Fisher: squares of the slopes, coupled layers first, example by example', () => {
  const of = group(residual, 'conv2d-1');
  const expected = Array.from({ length: of.channels }, (_, channel) =>
    [0, 1, 2, 3, 4, 5].reduce((sum, n) => {
      const data = { inputs: rows(examples.inputs, [n]), targets: rows(examples.targets, [n]) };
      return sum + slope(residual, of, { channel, data }) ** 2;
    }, 0),
  );
  close(groupFisher(examples)(residual, of), expected);
});

test('gate decorator: the slope over a factor on the output of batch norm', () => {
  const of = group(residual, 'conv2d-2');
  const at = (channel: number, factor: number): Model =>
    mapParameters(residual, (parameter, name) => {
      if (name !== 'batch-norm-2.gamma' && name !== 'batch-norm-2.beta') return parameter;
      return {
        ...parameter,
        value: array(
          [4],
          Float32Array.from(parameter.value.data, (v, i) => (i === channel ? v * factor : v)),
        ),
      };
    });
  const loss = (model: Model): number => lossAt(model, of, { channel: 0, m: 1, data: examples });
  const expected = [0, 1, 2, 3].map(channel => Math.abs(loss(at(channel, 1.02)) - loss(at(channel, 0.98))) / 0.04);
  close(gateImportance(examples)(residual, of), expected);
});

test('APoZ: 11, 12 and 14 zeros of 32, so channel 2 goes first', () => {
  const zeros = [11, 12, 14];
  // two images of 4×4: zeros come first
  const values = Float32Array.from({ length: 96 }, (_, i) => (Math.floor(i / 3) < (zeros[i % 3] as number) ? 0 : 1));
  const activations = array([2, 4, 4, 3], values);
  expect(averagePercentageOfZeros(activations)).toEqual(Float64Array.of(11 / 32, 12 / 32, 14 / 32));
  // the same through a network that passes its input on
  const identity = array([1, 1, 3, 3], [1, 0, 0, 0, 1, 0, 0, 0, 1]);
  const net = withParameters(network('net', [4, 4, 3]).conv2d(3, 1, { bias: false }).relu().globalAveragePool().dense(1).model(), {
    'conv2d-1.kernel': { value: identity },
  });
  const importance = apoz({ inputs: activations, targets: array([2], [0, 0]) });
  close(importance(net, group(net, 'conv2d-1')), [21 / 32, 20 / 32, 18 / 32]);
  const small = pruneChannels(net, { ratio: 1 / 3, importance });
  expect(small.parameters['conv2d-1.kernel']?.value.data).toEqual(Float32Array.of(1, 0, 0, 1, 0, 0));
});

test('entropy: 0 for a constant channel, ln b when b bins hold as many', () => {
  expect(histogramEntropy([3, 3, 3, 3], 8)).toBe(0);
  expect(histogramEntropy([0, 1, 2, 3, 4, 5, 6, 7], 8)).toBeCloseTo(Math.log(8), 12);
  expect(histogramEntropy([0, 0, 1, 1, 1, 1, 1, 1], 2)).toBeCloseTo(-(0.25 * Math.log(0.25) + 0.75 * Math.log(0.75)), 12);
  const net = withParameters(network('net', [1, 1, 1]).conv2d(2, 1).relu().flatten().dense(1).model(), {
    'conv2d-1.kernel': { value: array([1, 1, 1, 2], [0, 1]) },
    'conv2d-1.bias': { value: array([2], [5, 0]) },
  });
  const data = { inputs: array([8, 1, 1, 1], [0, 1, 2, 3, 4, 5, 6, 7]), targets: array([8], new Float32Array(8)) };
  close(channelEntropy(data, { bins: 8 })(net, group(net, 'conv2d-1')), [0, Math.log(8)]);
  expect(() => histogramEntropy([1], 0)).toThrowError(expect.objectContaining({ code: 'prune/bins' }));
});

test('random is seeded, for each group its own', () => {
  const [a, b] = [group(residual, 'conv2d-1'), group(residual, 'conv2d-2')];
  expect(randomChannels({ seed: 1 })(residual, a)).toEqual(randomChannels({ seed: 1 })(residual, a));
  expect(randomChannels({ seed: 1 })(residual, a)).not.toEqual(randomChannels({ seed: 1 })(residual, b));
  expect(randomChannels({ seed: 1 })(residual, a)).not.toEqual(randomChannels({ seed: 2 })(residual, a));
});

test('a silenced channel has no importance for norms of filters, Taylor and Fisher', () => {
  const of = group(residual, 'conv2d-2');
  const dead = silenced(residual, new Map([[of, [1]]]));
  for (const importance of [channelNorm(), channelTaylor(examples), groupFisher(examples), gateImportance(examples)]) {
    const scores = importance(dead, of);
    expect(scores[1]).toBe(0);
    expect(scores[0]).toBeGreaterThan(0);
  }
});

test('activations that are not finite are no low score: the channel is refused by name', () => {
  for (const wrong of [Number.NaN, Number.POSITIVE_INFINITY]) {
    expect([...averagePercentageOfZeros(array([2, 2], [0, wrong, 0, 0]))]).toEqual([1, Number.NaN]);
    expect(histogramEntropy([1, wrong, 2], 3)).toBeNaN();
    const data = { inputs: array([1, 1, 2, 2], [1, wrong, 0, 2]), targets: array([1], [0], 'int32') };
    for (const importance of [apoz(data), channelEntropy(data)])
      expect(() => pruneChannels(hand, { ratio: 0.5, importance })).toThrow(expect.objectContaining({ code: 'prune/scores' }));
  }
});
