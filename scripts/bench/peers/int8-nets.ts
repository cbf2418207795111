import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Program } from '../../../lib/deploy/program.ts';

/** A network as integers, for all contenders. */
export interface Net {
  readonly name: string;
  readonly program: Program;
  /** Files of the same network for the peers. */
  readonly tflite: string;
  readonly onnx: string;
  /** The real network in float32 on tfjs-node, where there is one. */
  readonly float?: (batch: number) => () => void;
}

/** The network of Lab 1 at 8 bits, weights per channel, and its files. */
export async function labNet(folder: string): Promise<Net> {
  const { loadDataset, pretrained, take, tf } = await import('../../../lib/index.ts');
  const { quantizeModel } = await import('../../../lib/compress/quantize/quantize.ts');
  const { lowerModel } = await import('../../../lib/deploy/lower/lower.ts');
  const model = await pretrained('fashion-mnist-vgg');
  const { train } = await loadDataset('fashion-mnist', { seed: 0 });
  const format = { kind: 'affine', bits: 8 } as const;
  const recipe = { weights: { format: { ...format, symmetric: true } }, activations: { format } };
  const program = lowerModel(quantizeModel(model, recipe, { data: take(train, 100) }));
  const { batchOf, forward } = await import('../../../lib/model/forward.ts');
  const float = (batch: number): (() => void) => {
    const x = batchOf(train.images, { from: 0, to: batch });
    return () => void tf.tidy(() => forward(model, x).dataSync());
  };
  return { ...(await written(folder, 'Lab 1 VGG', program)), float };
}

/** MCUNet as its authors published it. */
export async function mcunet(folder: string, file: string): Promise<Net> {
  const { readTflite } = await import('../../../lib/deploy/formats/tflite/read-tflite.ts');
  return { ...(await written(folder, 'MCUNet', readTflite(readFileSync(file)))), tflite: file };
}

async function written(folder: string, name: string, program: Program): Promise<Net> {
  const { writeTflite } = await import('../../../lib/deploy/formats/tflite/write-tflite.ts');
  const { writeOnnx } = await import('../../../lib/deploy/formats/onnx/write-onnx.ts');
  const file = (kind: string, bytes: Uint8Array): string => {
    const path = join(folder, `${name.replaceAll(' ', '-')}.${kind}`);
    writeFileSync(path, bytes);
    return path;
  };
  return {
    name,
    program,
    tflite: file('tflite', writeTflite(program)),
    onnx: file('onnx', writeOnnx(program)),
  };
}
