import { describe, expect, it } from 'vitest';
import { gateImportance } from '../../../../../lib/compress/prune/channels/gates.ts';
import { apoz } from '../../../../../lib/compress/prune/channels/importance/apoz.ts';
import { batchNormScale } from '../../../../../lib/compress/prune/channels/importance/batch-norm-scale.ts';
import { channelEntropy } from '../../../../../lib/compress/prune/channels/importance/entropy.ts';
import { groupFisher } from '../../../../../lib/compress/prune/channels/importance/group-fisher.ts';
import type { ChannelImportance } from '../../../../../lib/compress/prune/channels/importance/importance.ts';
import { channelNorm } from '../../../../../lib/compress/prune/channels/importance/norm.ts';
import { randomChannels } from '../../../../../lib/compress/prune/channels/importance/random.ts';
import { channelTaylor } from '../../../../../lib/compress/prune/channels/importance/taylor.ts';
import { firstChannels, pruneChannels, sortChannels } from '../../../../../lib/compress/prune/channels/prune-channels.ts';
import { macs } from '../../../../../lib/measure/macs.ts';
import { prunableGroups } from '../../../../../lib/model/channels/groups.ts';
import { mapParameters } from '../../../../../lib/model/model.ts';
import { resNet8 } from '../../../../../lib/model/resnet.ts';
import { integers, normal, random, uniform } from '../../../../../lib/tensor/random.ts';
import { tensorCount } from '../../../../../lib/tensor/scope.ts';
import { unchanged } from '../../../unchanged.ts';

/** ResNet-8 whose scales and shifts differ from channel to channel. */
const model = mapParameters(resNet8({ input: [8, 8, 2], channels: 4, classes: 3, seed: 2 }), (parameter, name) => {
  const { shape } = parameter.value;
  return shape.length > 1 ? parameter : { ...parameter, value: uniform(random(3).split(name), shape, { low: 0.5, high: 1.5 }) };
});
const data = { inputs: normal(random(4), [6, 8, 8, 2]), targets: integers(random(5), [6], { low: 0, high: 2 }) };
const groups = prunableGroups(model);

// An importance joins the suite by being listed; `blind`: it does not look at the channels, only at their numbers.
const listed: readonly { name: string; importance: ChannelImportance; blind?: boolean }[] = [
  { name: 'norm of filters', importance: channelNorm() },
  { name: 'norm of readers', importance: channelNorm({ of: 'in', p: 1 }) },
  { name: 'batch norm scale', importance: batchNormScale() },
  { name: 'gate decorator', importance: gateImportance(data) },
  { name: 'APoZ', importance: apoz(data) },
  { name: 'entropy', importance: channelEntropy(data) },
  { name: 'Taylor', importance: channelTaylor(data) },
  { name: 'group Fisher', importance: groupFisher(data) },
  { name: 'random', importance: randomChannels({ seed: 1 }), blind: true },
  { name: 'first', importance: firstChannels, blind: true },
];

describe.each(listed)('channel importance $name', ({ importance, blind }) => {
  it('gives each channel of each group a finite score, the same each time, and leaves model and tensors alone', () => {
    const before = tensorCount();
    for (const group of groups) {
      const scores = unchanged(model, () => [...Array.from(importance(model, group))]);
      expect(scores).toHaveLength(group.channels);
      expect(scores.every(score => Number.isFinite(score) && score >= 0)).toBe(true);
      expect(Array.from(importance(model, group))).toEqual(scores);
    }
    expect(tensorCount()).toBe(before);
  });

  it('goes with the channel when channels change places', () => {
    const moved = sortChannels(model, randomChannels({ seed: 7 }));
    for (const [i, group] of prunableGroups(moved).entries()) {
      const [there, here] = [importance(moved, group), importance(model, groups[i] as typeof group)].map(scores => Array.from(scores)) as [
        number[],
        number[],
      ];
      const size = Math.max(...here);
      const sorted = (scores: number[]): number[] => [...scores].sort((a, b) => a - b);
      expect(sorted(there).every((score, k) => Math.abs(score - (sorted(here)[k] as number)) <= 1e-3 * size)).toBe(true);
      if (blind) continue;
      const order = sortChannels(moved, importance);
      expect(macs(order)).toBe(macs(model));
      const ranked = Array.from(importance(order, prunableGroups(order)[i] as typeof group));
      expect(ranked.every((score, k) => k === 0 || score <= (ranked[k - 1] as number) + 1e-3 * size)).toBe(true);
    }
  });

  it('tells pruneChannels what to keep', () => {
    const small = pruneChannels(model, { ratio: 0.5, importance });
    expect(prunableGroups(small).map(({ channels }) => channels)).toEqual(groups.map(({ channels }) => channels / 2));
  });
});
