import type { Shape } from '../tensor/shape.ts';
import { roundedShare } from '../tensor/share.ts';
import { network } from './build.ts';
import type { Model } from './model.ts';

export interface MobileNetV1Options {
  readonly classes?: number;
  /** Default [224, 224, 3]. */
  readonly input?: Shape;
  /** Factor on every number of channels; default 1. */
  readonly width?: number;
  /** Stride of the first convolution; use 1 for images of about 32×32. Default 2. */
  readonly stemStride?: 1 | 2;
  /** Channels of the first convolution; default 32. */
  readonly stem?: number;
  /** Output channels and stride of each depthwise separable block; default the 13 of the paper. */
  readonly blocks?: MobileNetV1Blocks;
  /** After each batch norm; default ReLU. */
  readonly activation?: 'relu' | 'relu6';
  readonly seed?: number;
}

/** Output channels and stride of each depthwise separable block. */
export type MobileNetV1Blocks = readonly (readonly [channels: number, stride: 1 | 2])[];

const paper: MobileNetV1Blocks = [
  [64, 1],
  [128, 2],
  [128, 1],
  [256, 2],
  [256, 1],
  [512, 2],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [1024, 2],
  [1024, 1],
];

/**
 * Six blocks for images of 28×28, 38,314 parameters with a `stem` of 16: `mobileNetV1({ input: [28, 28, 1], classes: 10, stem: 16, stemStride:
 * 1, blocks: mobileNetV1SmallBlocks })`.
 */
export const mobileNetV1SmallBlocks: MobileNetV1Blocks = [
  [32, 2],
  [32, 1],
  [64, 2],
  [64, 1],
  [128, 2],
  [128, 1],
];

/**
 * MobileNetV1: depthwise 3×3 and pointwise 1×1 convolutions, each with batch norm and ReLU. 569 M MACs at 224×224. Howard et al. 2017.
 * @example
 * const model = mobileNetV1({ input: [32, 32, 3], width: 0.25, stemStride: 1, classes: 10 });
 */
export function mobileNetV1(options: MobileNetV1Options = {}): Model {
  const { classes = 1000, input = [224, 224, 3], width = 1, stemStride = 2, stem = 32, blocks = paper, activation = 'relu' } = options;
  const scaled = (channels: number): number => Math.max(1, roundedShare(width, channels));
  const net = network('mobilenet-v1', input, { seed: options.seed ?? 0 });
  net.conv2d(scaled(stem), 3, { strides: stemStride, bias: false }).batchNorm().activation(activation);
  for (const [channels, strides] of blocks) {
    net.depthwiseConv2d(3, { strides, bias: false }).batchNorm().activation(activation);
    net.conv2d(scaled(channels), 1, { bias: false }).batchNorm().activation(activation);
  }
  return net.globalAveragePool().dense(classes).model();
}
