import { expect, test } from 'vitest';
import { channelsToKeep } from '../../../../../lib/compress/prune/channels/channels-to-keep.ts';
import { firstChannels, pruneChannels } from '../../../../../lib/compress/prune/channels/prune-channels.ts';
import { layers } from '../../../../../lib/measure/layers.ts';
import { macs } from '../../../../../lib/measure/macs.ts';
import { parameters } from '../../../../../lib/measure/parameters.ts';
import { prunableGroups } from '../../../../../lib/model/channels/groups.ts';
import type { Model } from '../../../../../lib/model/model.ts';
import { vgg } from '../../../../../lib/model/vgg.ts';
import { widths } from './widths.ts';

const allButTheLast = (model: Model): string[] =>
  prunableGroups(model)
    .map(({ name }) => name)
    .slice(0, -1);

test('channels to keep: rounded, halves up, never none', () => {
  expect([8, 16, 32, 64, 128, 256, 512].map(n => channelsToKeep(n, 0.3))).toEqual([6, 11, 22, 45, 90, 179, 358]);
  expect([channelsToKeep(5, 0.5), channelsToKeep(7, 0.5), channelsToKeep(10, 0), channelsToKeep(1, 0.5)]).toEqual([3, 4, 10, 1]);
  for (const ratio of [-0.1, 1, 1.5, Number.NaN])
    expect(() => channelsToKeep(8, ratio)).toThrowError(expect.objectContaining({ code: 'prune/ratio' }));
  expect(() => channelsToKeep(8, 0.95)).toThrowError(expect.objectContaining({ code: 'prune/no-channels' }));
});

test('30 % of the channels of the small VGG, the last convolution left out: about half of the MACs', () => {
  const dense = vgg();
  const small = pruneChannels(dense, { ratio: 0.3, groups: allButTheLast(dense) });
  expect([parameters(dense), macs(dense)]).toEqual([432_194, 13_549_952]);
  expect(widths(small)).toEqual([6, 11, 22, 45, 45, 90, 90, 128]);
  expect([parameters(small), macs(small)]).toEqual([245_155, 6_950_855]);
  expect(macs(small) / macs(dense)).toBeCloseTo(0.513, 3);
});

test("the VGG of MIT's lab: their counter adds one for each output of batch norm and of the last mean", () => {
  const model = vgg({ input: [32, 32, 3], widths: [64, 128, 'M', 256, 256, 'M', 512, 512, 'M', 512, 512, 'M'] });
  const small = pruneChannels(model, { ratio: 0.3, groups: allButTheLast(model), importance: firstChannels });
  expect(macs(small)).toBe(305_097_920);
  const counted = layers(small).filter(({ op }) => ['batch-norm', 'global-average-pool'].includes(op));
  expect(macs(small) + counted.reduce((sum, { activations }) => sum + activations, 0)).toBe(305_388_064);
});
