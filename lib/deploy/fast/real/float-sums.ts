import { conv2d } from '../../../tensor/conv2d.ts';
import { depthwiseConv2d } from '../../../tensor/depthwise-conv2d.ts';
import { scope } from '../../../tensor/scope.ts';
import { tf } from '../../../tensor/tf.ts';
import type { Part } from './exact.ts';

/** Images [n, h, w, c] in float32 that change between runs. */
export interface Image {
  readonly shape: readonly [number, number, number, number];
  readonly values: Float32Array;
}

interface Sliding {
  /** [height, width, depth, out] */
  readonly kernel: readonly [height: number, width: number, depth: number, out: number];
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
  readonly groups: number;
}

/** The convolution of images with weights [out, height · width · depth], its window inside them: [n, h', w', out]. */
export function convolution(image: Image, { weights }: Part, { kernel, strides, dilations, groups }: Sliding): () => Float32Array {
  const [height, width, depth, out] = kernel;
  const k = height * width * depth;
  const turned = new Float32Array(weights.length);
  for (let o = 0; o < out; o++) for (let i = 0; i < k; i++) turned[i * out + o] = weights[o * k + i] as number;
  const alone = depth === 1 && groups > 1 && out % groups === 0 && groups === image.shape[3];
  return () =>
    scope(() => {
      const x = tf.tensor4d(image.values, [...image.shape]);
      const options = { strides, dilations };
      const sums = alone
        ? depthwiseConv2d(x, tf.tensor4d(turned, [height, width, groups, out / groups]), options)
        : conv2d(x, tf.tensor4d(turned, [height, width, depth, out]), { ...options, groups });
      return sums.dataSync() as Float32Array;
    });
}

/** Rows of k numbers times weights [out, k]: [rows, out]. */
export function product(
  rows: Float32Array,
  { weights }: Part,
  { k, out }: { readonly k: number; readonly out: number },
): () => Float32Array {
  return () =>
    scope(() => tf.matMul(tf.tensor2d(rows, [rows.length / k, k]), tf.tensor2d(weights, [out, k]), false, true).dataSync() as Float32Array);
}
