import { channelNorm } from '../../../lib/compress/prune/channels/importance/norm.ts';
import { pruneChannels } from '../../../lib/compress/prune/channels/prune-channels.ts';
import { pruneMagnitude } from '../../../lib/compress/prune/magnitude.ts';
import type { Model } from '../../../lib/model/model.ts';
import { readSafetensors, tensorAt } from '../../../lib/model/safetensors.ts';
import { vgg } from '../../../lib/model/vgg.ts';

/** The network of the course's Lab 1, a little wider: 10 M parameters, all widths multiples of 16. */
export const network: Model = vgg({
  input: [32, 32, 3],
  widths: [64, 128, 'M', 256, 256, 'M', 512, 512, 'M', 560, 576, 'M'],
  classes: 10,
  seed: 1,
});

interface Amounts {
  readonly sparsity: number;
  readonly ratio: number;
}

/** Ours, from the model to the model. */
export const pruned: Readonly<Record<'fine' | 'channels', (amounts: Amounts) => Model>> = {
  fine: ({ sparsity }) => pruneMagnitude(network, { sparsity }),
  channels: ({ ratio }) => pruneChannels(network, { ratio, importance: channelNorm({ p: 2, of: 'out' }) }),
};

/** Compares masks and pruned kernels with those that the peers left in a safetensors file, bit for bit. */
export function differences(file: Uint8Array, amounts: Amounts): string[] {
  const [fine, channels] = [pruned.fine(amounts), pruned.channels(amounts)];
  const counts = { mask: [0, 0], small: [0, 0] };
  for (const [name, entry] of readSafetensors(file)) {
    const [, parameter = '', what = ''] = /^(.*)\.(mask|small)$/.exec(name) ?? [];
    const { mask, value } = (what === 'mask' ? fine : channels).parameters[parameter] as Model['parameters'][string];
    const expected = what === 'mask' ? mask : value;
    const count = counts[what as keyof typeof counts];
    const found = tensorAt(file, entry);
    if (String(found.shape) !== String(expected?.shape)) return [`${name}: [${found.shape}], ours [${expected?.shape}]`];
    for (const [i, v] of found.data.entries()) count[0] = (count[0] as number) + Number(v !== expected?.data[i]);
    count[1] = (count[1] as number) + found.data.length;
  }
  return [
    `masks: ${counts.mask[0]} of ${counts.mask[1]} differ from torch.nn.utils.prune's`,
    `kernels after channel surgery: ${counts.small[0]} of ${counts.small[1]} values differ from Torch-Pruning's`,
  ];
}
