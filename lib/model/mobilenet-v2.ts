import type { Shape } from '../tensor/shape.ts';
import { type NetworkBuilder, network } from './build.ts';
import type { Model } from './model.ts';

/** A row of the paper's table 2: expansion factor, output channels, repetitions, stride of the first repetition. */
export interface InvertedResiduals {
  readonly expansion: number;
  readonly channels: number;
  readonly repeats: number;
  readonly strides: number;
}

export interface MobileNetV2Options {
  readonly classes?: number;
  /** Default [224, 224, 3]. */
  readonly input?: Shape;
  /** Factor on every number of channels (rounded to a multiple of 8); default 1. The last convolution keeps at least 1280. */
  readonly width?: number;
  readonly blocks?: readonly InvertedResiduals[];
  /** Stride of the first convolution; use 1 for images of about 32×32. Default 2. */
  readonly stemStride?: 1 | 2;
  readonly seed?: number;
}

const row = ([expansion, channels, repeats, strides]: readonly [number, number, number, number]): InvertedResiduals => ({
  expansion,
  channels,
  repeats,
  strides,
});

/** Table 2 of the paper. */
export const mobileNetV2Blocks: readonly InvertedResiduals[] = (
  [
    [1, 16, 1, 1],
    [6, 24, 2, 2],
    [6, 32, 3, 2],
    [6, 64, 4, 2],
    [6, 96, 3, 1],
    [6, 160, 3, 2],
    [6, 320, 1, 1],
  ] as const
).map(row);

/** The multiple of `divisor` nearest to `channels`, at least `divisor`, and not below 0.9 · channels. */
export function makeDivisible(channels: number, divisor = 8): number {
  const nearest = Math.max(divisor, Math.floor((channels + divisor / 2) / divisor) * divisor);
  return nearest < 0.9 * channels ? nearest + divisor : nearest;
}

function invertedResidual(net: NetworkBuilder, { expansion, channels, strides }: Omit<InvertedResiduals, 'repeats'>): void {
  const entry = net.at;
  const before = net.shape.at(-1) as number;
  if (expansion !== 1)
    net
      .conv2d(before * expansion, 1, { bias: false })
      .batchNorm()
      .relu6();
  net.depthwiseConv2d(3, { strides, padding: 1, bias: false }).batchNorm().relu6();
  net.conv2d(channels, 1, { bias: false }).batchNorm();
  if (strides === 1 && before === channels) net.add(entry);
}

/**
 * MobileNetV2: inverted residuals with linear bottlenecks. 3,504,872 parameters and 301 M MACs at 224×224. Sandler et al. 2018.
 * @example
 * const model = mobileNetV2({ input: [32, 32, 3], width: 0.5, stemStride: 1, classes: 10 });
 */
export function mobileNetV2(options: MobileNetV2Options = {}): Model {
  const { classes = 1000, input = [224, 224, 3], width = 1, blocks = mobileNetV2Blocks, stemStride = 2, seed = 0 } = options;
  const net = network('mobilenet-v2', input, { seed });
  net
    .conv2d(makeDivisible(32 * width), 3, { strides: stemStride, padding: 1, bias: false })
    .batchNorm()
    .relu6();
  for (const { expansion, channels, repeats, strides } of blocks) {
    for (let i = 0; i < repeats; i++)
      invertedResidual(net, { expansion, channels: makeDivisible(channels * width), strides: i === 0 ? strides : 1 });
  }
  net
    .conv2d(makeDivisible(1280 * Math.max(1, width)), 1, { bias: false })
    .batchNorm()
    .relu6();
  return net.globalAveragePool().dense(classes).model();
}
