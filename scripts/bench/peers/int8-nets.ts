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
    tflite: file('tflite', writeTflite(withoutBiasScales(program))),
    onnx: file('onnx', writeOnnx(await withOneMean(program))),
  };
}

/**
 * MCUNet's file takes the mean of an image in three steps, over an axis at a time of a transposed image, for which our ONNX writer has no words: one mean over
 * height and width is the same work.
 */
async function withOneMean(program: Program): Promise<Program> {
  const { fixedPoint } = await import('../../../lib/deploy/fixed-point.ts');
  const { steps, tensors } = program;
  const at = steps.findIndex((step, i) => [step, steps[i + 1], steps[i + 2]].map(s => s?.op).join() === 'transpose,mean,mean');
  const [first, , last] = steps.slice(at, at + 3);
  if (at < 0 || !first || !last) return program;
  const scale = (index: number | undefined): number => tensors[index as number]?.quantization?.scale[0] as number;
  const { multiplier, shift } = fixedPoint(scale(first.inputs[0]) / scale(last.outputs[0]));
  const attributes = { ...last.attributes, axes: [1, 2], multiplier: [multiplier], shift: [shift] };
  const merged = steps.toSpliced(at, 3, { ...last, inputs: first.inputs, attributes });
  // dense layers of LiteRT have real factors, the ONNX file multipliers that follow from the scales
  const plain = merged.map(step => {
    if (step.op !== 'dense') return step;
    const { factor, ...rest } = step.attributes as { factor?: unknown };
    const [x, w] = step.inputs;
    const own = tensors[w as number]?.quantization?.scale.map(s => fixedPoint((scale(x) * s) / scale(step.outputs[0]))) ?? [];
    return { ...step, attributes: { ...rest, multiplier: own.map(m => m.multiplier), shift: own.map(m => m.shift) } };
  });
  return { ...program, steps: plain };
}

/** Scales of biases are products of others, which a .tflite file holds in float32: it makes its own. */
function withoutBiasScales(program: Program): Program {
  const tensors = program.tensors.map(({ quantization, ...tensor }) =>
    quantization && !(tensor.data && tensor.type === 'int32') ? { ...tensor, quantization } : tensor,
  );
  return { ...program, tensors };
}
