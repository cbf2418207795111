import type { Dataset } from '../data/dataset.ts';
import { batchOf } from '../model/forward.ts';
import { firstInput, type Model, type Node, nodeOf } from '../model/model.ts';
import type { Conv2dAttributes } from '../model/ops/conv2d.ts';
import { valuesOf } from '../model/run.ts';
import { inferShapes } from '../model/shapes.ts';
import { bordersOf } from '../model/window.ts';
import { array, type NDArray } from '../tensor/array.ts';
import { type Random, random } from '../tensor/random.ts';
import type { Shape } from '../tensor/shape.ts';
import { tf } from '../tensor/tf.ts';
import { type Examples, examplesOf } from '../train/examples.ts';

/** Which places of a layer are looked at. */
export interface PatchOptions {
  /** Places of the output that are drawn from each image; default 10. */
  readonly places?: number;
  /** Draws the places; default 0. */
  readonly seed?: number;
}

/** A place of a layer's output, each as likely. */
const anywhere = (rng: Random, [height = 1, width = 1]: Shape): readonly [row: number, column: number] => [
  rng.int(0, height - 1),
  rng.int(0, width - 1),
];

/**
 * What a layer reads, one row for each sampled place of its output: float32 [samples, k_h · k_w · channels] in the order of the kernel, or
 * [samples, features] for a dense layer, all rows along the last axis of what it reads. The layer's output before its bias is that times the kernel. Same seed, same places.
 */
export function patches(model: Model, id: string, options: PatchOptions & { readonly data: Dataset | Examples }): NDArray {
  const { places = 10, seed = 0 } = options;
  const { inputs } = examplesOf(options.data);
  const node = nodeOf(model, id);
  const [count = 0] = inputs.shape;
  const rng = random(seed).split(id);
  const output = inferShapes(model).get(id) as Shape;
  const rows: Float32Array[] = [];
  for (let from = 0; from < count; from += 128) {
    const value = inputOf(model, node, batchOf(inputs, { from, to: Math.min(from + 128, count) }));
    if (node.op === 'dense') rows.push(...rowsOf(value));
    else
      for (let n = 0; n < value.shape[0]; n++)
        for (let i = 0; i < places; i++) rows.push(patchAt(value, n, { node, at: anywhere(rng, output) }));
  }
  const width = rows[0]?.length ?? 0;
  const all = new Float32Array(rows.length * width);
  for (const [i, row] of rows.entries()) all.set(row, i * width);
  return array([rows.length, width], all);
}

/** The rows along the last axis: one for each example, and for each place of it that a dense layer is applied to. */
function rowsOf({ shape, data }: NDArray): Float32Array[] {
  const features = shape.at(-1) as number;
  return Array.from({ length: data.length / features }, (_, i) => data.slice(i * features, (i + 1) * features) as Float32Array);
}

/** The value that enters a node, for one batch, which is disposed. */
function inputOf(model: Model, node: Node, x: tf.Tensor): NDArray {
  const [read = ''] = node.inputs;
  const value = valuesOf(model, { [firstInput(model).id]: x }, { ids: [read] })[read] as tf.Tensor;
  const found = array(value.shape, value.dataSync() as Float32Array);
  tf.dispose([value, x]);
  return found;
}

/** The part of image n that one output of a convolution sees, zeros where it reaches over the border. */
function patchAt({ shape, data }: NDArray, n: number, { node, at }: { node: Node; at: readonly [number, number] }): Float32Array {
  const [, height, width, channels] = shape as readonly [number, number, number, number];
  const window = node.attributes as unknown as Conv2dAttributes;
  const [[top], [left]] = bordersOf([height, width], window);
  const { kernelSize, strides, dilations } = window;
  const patch = new Float32Array(kernelSize[0] * kernelSize[1] * channels);
  for (let i = 0; i < kernelSize[0]; i++)
    for (let j = 0; j < kernelSize[1]; j++) {
      const row = at[0] * strides[0] + i * dilations[0] - top;
      const column = at[1] * strides[1] + j * dilations[1] - left;
      if (row < 0 || row >= height || column < 0 || column >= width) continue;
      const start = ((n * height + row) * width + column) * channels;
      patch.set(data.subarray(start, start + channels), (i * kernelSize[1] + j) * channels);
    }
  return patch;
}
