import { network } from './build.ts';
import type { Graph } from './model.ts';

const widths = [64, 64, 'M', 128, 128, 'M', 256, 256, 256, 'M', 512, 512, 512, 'M', 512, 512, 512, 'M'] as const;

/** VGG-16's structure without values: for counting (138 M parameters, 15.5 G MACs). Simonyan and Zisserman 2015, configuration D. */
export function vgg16(options: { readonly classes?: number } = {}): Graph {
  const net = network('vgg-16', [224, 224, 3]);
  for (const channels of widths) {
    if (channels === 'M') net.maxPool(2);
    else net.conv2d(channels).relu();
  }
  return net
    .flatten()
    .dense(4096)
    .relu()
    .dense(4096)
    .relu()
    .dense(options.classes ?? 1000)
    .graph();
}
