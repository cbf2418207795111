import type { Dataset } from '../../../../../lib/data/dataset.ts';
import { take } from '../../../../../lib/data/dataset.ts';
import { readTflite } from '../../../../../lib/deploy/formats/tflite/read-tflite.ts';
import { writeTflite } from '../../../../../lib/deploy/formats/tflite/write-tflite.ts';
import { lowerModel } from '../../../../../lib/deploy/lower/lower.ts';
import { quantizeInput } from '../../../../../lib/deploy/real-values.ts';
import { runProgram } from '../../../../../lib/deploy/run.ts';
import { network } from '../../../../../lib/model/build.ts';
import type { Model } from '../../../../../lib/model/model.ts';
import { affineFormat, calibrate, channel, foldBatchNorm, quantizeActivations, quantizeWeights } from '../../../../../lib/quantize.ts';
import type { NDArray } from '../../../../../lib/tensor/array.ts';
import { runLitert } from './litert.ts';
import { bytesOf } from './networks.ts';

/** Depthwise layers, a residual sum, a concatenation, pools, a mean and a softmax, on images 28 × 28. */
export function smallNet(): Model {
  const net = network('small', [28, 28, 1], { seed: 3 }).conv2d(8, 3, { strides: 2 }).relu6();
  const entry = net.at;
  net.depthwiseConv2d(3).relu6().conv2d(8, 1).add(entry);
  net.depthwiseConv2d(3, { multiplier: 2, strides: 2 }).relu().conv2d(8, 1);
  const branch = net.at;
  net.conv2d(8, 3).relu().concat(branch).averagePool(2).globalAveragePool();
  return net.dense(10).activation('softmax').model();
}

/** Borders that are neither SAME nor VALID, a table and a dense layer of one output. */
export function paddedNet(): Model {
  const net = network('padded', [28, 28, 1], { seed: 5 }).conv2d(8, 3, { strides: 2, padding: 1 }).relu6();
  net.depthwiseConv2d(3, { strides: 2, padding: 1 }).relu().maxPool(3, { strides: 2, padding: 1 });
  return net.conv2d(6, 1).activation('tanh').flatten().dense(1).model();
}

/** A gate: channels are scaled by a sigmoid of their means, and the output is a sigmoid. */
export function gatedNet(): Model {
  const net = network('gated', [28, 28, 1], { seed: 7 }).conv2d(8, 3, { strides: 2 }).relu();
  const image = net.at;
  net.globalAveragePool().dense(8).activation('sigmoid').reshape([1, 1, 8]).mul(image);
  return net.conv2d(4, 3, { strides: 2 }).relu().flatten().dense(3).activation('sigmoid').model();
}

/** Hard swishes, of values that are calibrated apart. */
export function hardSwishNet(): Model {
  const net = network('hard-swish', [28, 28, 1], { seed: 9 }).conv2d(8, 3, { strides: 2 }).activation('hard-swish');
  net.depthwiseConv2d(3, { strides: 2 }).activation('hard-swish').conv2d(6, 1).activation('hard-swish');
  return net.globalAveragePool().dense(10).activation('hard-swish').dense(4).model();
}

/** Weights of some bits and activations of 8, calibrated with 100 images. */
export function quantizedNet(model: Model, { images, bits }: { readonly images: Dataset; readonly bits: number }): Model {
  const weights = quantizeWeights(foldBatchNorm(model), { format: affineFormat({ bits, symmetric: true }), granularity: channel() });
  return quantizeActivations(weights, { intervals: calibrate(weights, take(images, 100), {}), format: { bits: 8 } });
}

/** How many outputs of a model's file differ between what we compute and what LiteRT does. */
export interface Differences {
  readonly outputs: number;
  /** From LiteRT's reference kernels: read from the file, and as the program was before. */
  readonly read: number;
  readonly before: number;
  /** From its default kernels. */
  readonly fromDefault: number;
}

/** Writes a model's program as a file and runs it here and with LiteRT. */
export function compareWithLitert(model: Model, images: NDArray): Differences {
  const program = lowerModel(model);
  const bytes = writeTflite(program);
  const inputs = [quantizeInput(program, images)];
  const ours = [readTflite(bytes), program].map(one => bytesOf(runProgram(one, inputs).outputs[0] as Int8Array));
  const count = images.shape[0] as number;
  const theirs = runLitert((['reference', 'default'] as const).map(kernels => ({ bytes, inputs, count, kernels }))).map(result => {
    if ('error' in result) throw new Error(result.error);
    return result.bytes;
  });
  const differing = (a: Uint8Array | undefined, b: Uint8Array | undefined): number => {
    let count = 0;
    for (const [i, x] of (a ?? []).entries()) if (x !== b?.[i]) count++;
    return count;
  };
  const [read, before] = ours;
  const [reference, standard] = theirs;
  return {
    outputs: read?.length ?? 0,
    read: differing(read, reference),
    before: differing(before, reference),
    fromDefault: differing(read, standard),
  };
}
