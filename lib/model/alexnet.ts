import { network } from './build.ts';
import type { Graph } from './model.ts';

/**
 * AlexNet's structure with its two groups, without values: for counting (61 M parameters). Input 224×224×3, first convolution padded by 2.
 * Krizhevsky, Sutskever and Hinton 2012.
 */
export function alexNet(options: { readonly classes?: number } = {}): Graph {
  return network('alexnet', [224, 224, 3])
    .conv2d(96, 11, { strides: 4, padding: 2 })
    .relu()
    .maxPool(3, { strides: 2 })
    .conv2d(256, 5, { groups: 2 })
    .relu()
    .maxPool(3, { strides: 2 })
    .conv2d(384, 3)
    .relu()
    .conv2d(384, 3, { groups: 2 })
    .relu()
    .conv2d(256, 3, { groups: 2 })
    .relu()
    .maxPool(3, { strides: 2 })
    .flatten()
    .dense(4096)
    .relu()
    .dense(4096)
    .relu()
    .dense(options.classes ?? 1000)
    .graph();
}
