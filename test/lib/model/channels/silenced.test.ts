import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pruneChannels, sortChannels } from '../../../../lib/compress/prune/channels/prune-channels.ts';
import { macs } from '../../../../lib/measure/macs.ts';
import { parameters } from '../../../../lib/measure/parameters.ts';
import { type ChannelGroup, channelGroups, prunableGroups } from '../../../../lib/model/channels/groups.ts';
import { predict } from '../../../../lib/model/forward.ts';
import { mobileNetV1 } from '../../../../lib/model/mobilenet-v1.ts';
import { mobileNetV2 } from '../../../../lib/model/mobilenet-v2.ts';
import { inputShape, type Model, mapParameters } from '../../../../lib/model/model.ts';
import { resNet8 } from '../../../../lib/model/resnet.ts';
import { parameterSpecs } from '../../../../lib/model/shapes.ts';
import { vgg } from '../../../../lib/model/vgg.ts';
import { allClose } from '../../../../lib/tensor/close.ts';
import { normal, random, uniform } from '../../../../lib/tensor/random.ts';
import { unchanged } from '../../unchanged.ts';
import { arbitraryNet } from './arbitrary-net.ts';
import { silenced } from './reference.ts';

/** Same outputs to 1e-5, relative to the largest one. */
function expectSame(a: Model, b: Model, seed: number): void {
  const x = normal(random(seed), [3, ...inputShape(a)]);
  const [expected, got] = [predict(a, x).data, predict(b, x).data];
  const scale = Math.max(1e-3, ...Float32Array.from(expected, Math.abs));
  const result = allClose(got, expected, { relative: 0, absolute: 1e-5 * scale });
  expect(result.close, result.message).toBe(true);
}

/** Some of the channels of each group, in order, at least one. */
function someOf(model: Model, seed: number): ReadonlyMap<ChannelGroup, readonly number[]> {
  const rng = random(seed);
  return new Map(
    prunableGroups(model).map(group => {
      const order = rng.permutation(group.channels);
      return [group, [...order.subarray(0, rng.int(1, group.channels))].sort((a, b) => a - b)];
    }),
  );
}

function expectSilencedEqualsPruned(model: Model, seed: number): Model {
  const kept = someOf(model, seed);
  const removed = new Map([...kept].map(([g, k]) => [g, Array.from({ length: g.channels }, (_, i) => i).filter(i => !k.includes(i))]));
  const keep = Object.fromEntries([...kept].map(([group, channels]) => [group.name, channels]));
  const small = unchanged(model, () => pruneChannels(model, { keep }));
  for (const [name, { shape }] of Object.entries(parameterSpecs(small))) expect(small.parameters[name]?.value.shape).toEqual(shape);
  expectSame(silenced(model, removed), small, seed);
  return small;
}

/** Values of a network that was trained for a while: nothing stands at 0 or 1. */
const used = (model: Model): Model =>
  mapParameters(model, (parameter, name) => {
    const { shape } = parameter.value;
    return shape.length > 1 ? parameter : { ...parameter, value: uniform(random(7).split(name), shape, { low: 0.5, high: 1 }) };
  });

const nets: Readonly<Record<string, Model>> = {
  vgg: vgg({ seed: 1, width: 0.5 }),
  'ResNet-8': resNet8({ seed: 1, input: [16, 16, 3] }),
  MobileNetV1: mobileNetV1({ seed: 1, input: [16, 16, 3], width: 0.25, stemStride: 1, classes: 4 }),
  MobileNetV2: mobileNetV2({ seed: 1, input: [16, 16, 3], width: 0.25, stemStride: 1, classes: 4 }),
};

test('random graphs: without some channels as with them silenced', () => {
  fc.assert(
    fc.property(arbitraryNet, fc.nat(1000), (model, seed) => void expectSilencedEqualsPruned(model, seed)),
    { seed: 5, numRuns: 150 },
  );
});

test('random graphs: sorted channels are the same function', () => {
  fc.assert(
    fc.property(arbitraryNet, fc.nat(1000), (model, seed) => {
      const rng = random(seed);
      const sorted = sortChannels(model, (_, { channels }) => rng.permutation(channels));
      expectSame(model, sorted, seed);
      expect(parameters(sorted)).toBe(parameters(model));
    }),
    { seed: 6, numRuns: 100 },
  );
});

test.each(Object.entries(nets))('%s: pruned as silenced, smaller, sorted the same', (_, plain) => {
  const model = used(plain);
  const small = expectSilencedEqualsPruned(model, 3);
  expect(parameters(small)).toBeLessThan(0.7 * parameters(model));
  expect(macs(small)).toBeLessThan(0.7 * macs(model));
  expectSame(model, sortChannels(model), 4);
});

test('every channel axis of every parameter belongs to exactly one group', () => {
  fc.assert(
    fc.property(arbitraryNet, model => {
      const taken = new Map<string, number>();
      for (const { members } of channelGroups(model))
        for (const { parameter, axis, positions } of members) {
          const key = `${parameter} ${axis}`;
          taken.set(key, (taken.get(key) ?? 0) + new Set(positions).size);
        }
      for (const [key, count] of taken) {
        const [name = '', axis = ''] = key.split(' ');
        expect(count).toBe(model.parameters[name]?.value.shape[Number(axis)]);
      }
    }),
    { seed: 7, numRuns: 50 },
  );
});
