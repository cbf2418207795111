import { intAttributes, type OpAttribute, runOp } from '../../../lib/tensor/run-op.ts';
import type { tf } from '../../../lib/tensor/tf.ts';

/** A 3 × 3 convolution with stride 1: images [n, height, width, channels], outputs, zeros before the first row and column, size of the output. */
export interface ConvCase {
  readonly x: [number, number, number, number];
  readonly outputs: number;
  readonly before: [number, number];
  readonly out: [number, number];
  /** What is multiplied is rounded to bfloat16; default false. */
  readonly bf16?: boolean;
}

/** Odd sizes, one pixel, borders wider than the window, parts of a vector of channels and several vectors, a filter that is shared by planes. */
export const convCases: readonly ConvCase[] = [
  { x: [2, 5, 6, 3], outputs: 5, before: [1, 1], out: [5, 6] },
  { x: [1, 7, 9, 17], outputs: 16, before: [0, 0], out: [5, 7] },
  { x: [2, 8, 8, 16], outputs: 33, before: [1, 1], out: [8, 8] },
  { x: [1, 4, 4, 2], outputs: 49, before: [4, 5], out: [10, 11] },
  { x: [3, 4, 5, 40], outputs: 1, before: [2, 0], out: [6, 3] },
  { x: [1, 1, 1, 5], outputs: 7, before: [1, 1], out: [1, 1] },
  { x: [1, 3, 1, 1], outputs: 2, before: [1, 1], out: [3, 1] },
  { x: [0, 4, 4, 2], outputs: 3, before: [1, 1], out: [4, 4] },
  { x: [1, 4, 4, 0], outputs: 3, before: [1, 1], out: [4, 4] },
  { x: [5, 21, 20, 12], outputs: 20, before: [1, 1], out: [21, 20] },
  { x: [1, 3, 4, 260], outputs: 510, before: [1, 1], out: [3, 4] },
];

export interface ConvTensors {
  readonly x: tf.Tensor;
  readonly filter: tf.Tensor;
  readonly dy: tf.Tensor;
}

const attributesOf = ([top, left]: readonly number[], [height, width]: readonly number[], more: Record<string, number>): OpAttribute[] =>
  intAttributes({ top: top as number, left: left as number, height: height as number, width: width as number, ...more });

/** The value and both gradients by our own ops. */
export function ownConv(
  { x: image, before, out, bf16 = false }: ConvCase,
  { x, filter, dy }: ConvTensors,
  threads: number,
): [tf.Tensor, tf.Tensor, tf.Tensor] {
  const more = { threads, bf16: Number(bf16) };
  return [
    runOp('TinylabConv', [x, filter], attributesOf(before, out, more)),
    runOp('TinylabConvBackpropInput', [dy, filter], attributesOf(before, image.slice(1, 3), more)),
    runOp('TinylabConvBackpropFilter', [x, dy], attributesOf(before, [3, 3], more)),
  ];
}

/** Calls `part` with each product's places: in x, in the filter, in y. */
export function eachProduct(
  { x: [n, h, w, c], outputs, before: [top, left], out: [oh, ow] }: ConvCase,
  part: (x: number, filter: number, y: number) => void,
): void {
  const places = n * oh * ow * 9;
  for (let at = 0; at < places; at++) {
    const [tap, place] = [at % 9, Math.floor(at / 9)];
    const [i, j, q, r] = [Math.floor(tap / 3), tap % 3, place % ow, Math.floor(place / ow) % oh];
    const [m, a, b] = [Math.floor(place / (ow * oh)), r + i - top, q + j - left];
    if (a < 0 || a >= h || b < 0 || b >= w) continue;
    for (let k = 0; k < c; k++)
      for (let o = 0; o < outputs; o++) part(((m * h + a) * w + b) * c + k, (tap * c + k) * outputs + o, place * outputs + o);
  }
}
