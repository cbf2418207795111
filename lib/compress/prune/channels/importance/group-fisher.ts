import { type Dataset, rows } from '../../../../data/dataset.ts';
import { prunableGroups } from '../../../../model/channels/groups.ts';
import { type Examples, examplesOf } from '../../../../train/examples.ts';
import { gradients } from '../../../../train/gradients.ts';
import type { Loss } from '../../../../train/losses.ts';
import { gateGradient } from './gate-gradient.ts';
import { type ChannelImportance, oncePerModel } from './importance.ts';

/**
 * Group Fisher information: s = Σ over the examples of (∂L/∂m)², where the gate m of a channel sits in every coupled layer, so that their gradients
 * add up before the square. One pass for each example: give it a hundred or so. Liu et al. 2021, equation 5, without its division by memory.
 * @example
 * const data = strokeGlyphs({ count: 8, seed: 1 });
 * const small = pruneChannels(resNet8({ input: [28, 28, 1] }), { ratio: 0.25, importance: groupFisher(data) });
 */
export function groupFisher(data: Dataset | Examples, options: { readonly loss?: Loss } = {}): ChannelImportance {
  const { inputs, targets } = examplesOf(data);
  const scores = oncePerModel(model => {
    const groups = prunableGroups(model);
    const sums = new Map(groups.map(({ name, channels }) => [name, new Float64Array(channels)]));
    for (let n = 0; n < (inputs.shape[0] as number); n++) {
      const example = { inputs: rows(inputs, [n]), targets: rows(targets, [n]) };
      const found = gradients(model, example, { ...options, training: false });
      for (const group of groups) {
        const sum = sums.get(group.name) as Float64Array;
        for (const [channel, slope] of gateGradient(model, group, found).entries()) sum[channel] = (sum[channel] as number) + slope ** 2;
      }
    }
    return sums;
  });
  return (model, { name }) => scores(model).get(name) ?? new Float64Array();
}
