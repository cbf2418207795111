import type { Shape } from '../tensor/shape.ts';
import { roundedShare } from '../tensor/share.ts';
import { network } from './build.ts';
import type { Model } from './model.ts';

/** Output channels of a 3×3 convolution, or 'M' for 2×2 max pooling. */
export type VggWidths = readonly (number | 'M')[];

export interface VggOptions {
  readonly classes?: number;
  /** [height, width, channels]; default [28, 28, 1]. */
  readonly input?: Shape;
  readonly widths?: VggWidths;
  /** Factor on every number of channels (rounded, at least 1); default 1. */
  readonly width?: number;
  readonly seed?: number;
}

/** Widths of the course's Lab 0 network: 9.2 M parameters on 32×32×3 images. */
export const vggWidths: VggWidths = [64, 128, 'M', 256, 256, 'M', 512, 512, 'M', 512, 512, 'M'];

/** A net of 432,194 parameters that learns Fashion-MNIST to 0.90 in a minute on two cores. */
export const vggSmallWidths: VggWidths = [8, 16, 'M', 32, 64, 'M', 64, 128, 'M', 128, 128];

/**
 * A VGG-like network: 3×3 convolutions without bias, each with batch norm and ReLU, 2×2 max pooling at each 'M', global average pooling and a
 * dense classifier. After Simonyan and Zisserman 2015.
 * @example
 * const model = vgg({ classes: 10, widths: [8, 'M', 16], seed: 7 });
 */
export function vgg(options: VggOptions = {}): Model {
  const { classes = 10, input = [28, 28, 1], widths = vggSmallWidths, width = 1, seed = 0 } = options;
  const net = network('vgg', input, { seed });
  for (const channels of widths) {
    if (channels === 'M') net.maxPool(2);
    else
      net
        .conv2d(Math.max(1, roundedShare(width, channels)), 3, { bias: false })
        .batchNorm()
        .relu();
  }
  return net.globalAveragePool().dense(classes).model();
}
