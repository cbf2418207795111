import type { Shape } from '../tensor/shape.ts';
import { type NetworkBuilder, network } from './build.ts';
import type { Graph, Model } from './model.ts';

interface Block {
  readonly channels: number;
  readonly strides: number;
  /** Shortcut with a 1×1 convolution, where size or channels change. */
  readonly project: boolean;
}

/** Convolution without bias, batch norm. */
function convolve(
  net: NetworkBuilder,
  channels: number,
  { kernel = 3, strides = 1 }: { kernel?: number; strides?: number },
): NetworkBuilder {
  return net.conv2d(channels, kernel, { strides, padding: Math.floor(kernel / 2), bias: false }).batchNorm();
}

/** Adds what `branch` makes of the last value to that value (projected first, if the block says so), then ReLU. */
function residual(net: NetworkBuilder, branch: () => void, project: (() => void) | undefined): void {
  const entry = net.at;
  project?.();
  const shortcut = net.at;
  net.from(entry);
  branch();
  net.add(shortcut).relu();
}

function basicBlock(net: NetworkBuilder, { channels, strides, project }: Block): void {
  residual(
    net,
    () => convolve(convolve(net, channels, { strides }).relu(), channels, {}),
    project ? () => convolve(net, channels, { kernel: 1, strides }) : undefined,
  );
}

/** 1×1 down, 3×3 (with the stride), 1×1 up to four times the channels. */
function bottleneck(net: NetworkBuilder, { channels, strides, project }: Block): void {
  residual(
    net,
    () => {
      convolve(net, channels, { kernel: 1 }).relu();
      convolve(net, channels, { strides }).relu();
      convolve(net, 4 * channels, { kernel: 1 });
    },
    project ? () => convolve(net, 4 * channels, { kernel: 1, strides }) : undefined,
  );
}

function imageNet(name: string, depths: readonly number[], block: typeof basicBlock): Graph {
  const net = network(name, [224, 224, 3]);
  convolve(net, 64, { kernel: 7, strides: 2 }).relu().maxPool(3, { strides: 2, padding: 1 });
  depths.forEach((depth, stage) => {
    for (let i = 0; i < depth; i++) {
      const first = i === 0;
      block(net, { channels: 64 * 2 ** stage, strides: first && stage > 0 ? 2 : 1, project: first && (stage > 0 || block === bottleneck) });
    }
  });
  return net.globalAveragePool().dense(1000).graph();
}

/** ResNet-18's structure without values: for counting (11.7 M parameters, 1.8 G MACs). He et al. 2016. */
export function resNet18(): Graph {
  return imageNet('resnet-18', [2, 2, 2, 2], basicBlock);
}

/** ResNet-50's structure without values: for counting (25.6 M parameters, 4.1 G MACs; stride in the 3×3). He et al. 2016. */
export function resNet50(): Graph {
  return imageNet('resnet-50', [3, 4, 6, 3], bottleneck);
}

export interface ResNet8Options {
  readonly classes?: number;
  /** Default [32, 32, 3]. */
  readonly input?: Shape;
  /** Channels of the first stage; default 16. */
  readonly channels?: number;
  readonly seed?: number;
}

/**
 * ResNet-8 of the MLPerf Tiny benchmark: three residual stages of 16, 32, 64 channels, convolutions with bias. 12.5 M MACs on 32×32×3 images.
 * @example
 * const model = resNet8({ input: [28, 28, 1], seed: 7 });
 */
export function resNet8(options: ResNet8Options = {}): Model {
  const { classes = 10, input = [32, 32, 3], channels = 16, seed = 0 } = options;
  const net = network('resnet-8', input, { seed }).conv2d(channels).batchNorm().relu();
  for (const stage of [0, 1, 2]) {
    const strides = stage === 0 ? 1 : 2;
    const width = channels * 2 ** stage;
    residual(
      net,
      () => net.conv2d(width, 3, { strides }).batchNorm().relu().conv2d(width).batchNorm(),
      stage === 0 ? undefined : () => net.conv2d(width, 1, { strides }),
    );
  }
  return net.globalAveragePool().dense(classes).model();
}
