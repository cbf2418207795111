import { runOp } from './run-op.ts';
import { tf } from './tfjs.ts';
import type { NativeWindow } from './window-geometry.ts';

const sizes = (shape: readonly number[]): tf.Tensor1D => tf.tensor1d([...shape], 'int32');

/** The image of `shape` without the borders around it. */
export function inner(whole: tf.Tensor, borders: readonly [number, number][], shape: readonly number[]): tf.Tensor {
  const begin = borders.map(([before]) => before);
  return tf.slice(whole, begin, [...shape]);
}

/** The image with its borders, which hold `value`. */
export const padded = (x: tf.Tensor, { borders }: Pick<NativeWindow, 'borders'>, value = 0): tf.Tensor =>
  borders ? tf.pad(x, borders, value) : x;

/** y = x * filter. */
export function convolve(op: string, { x, filter }: { x: tf.Tensor; filter: tf.Tensor }, conv: NativeWindow): tf.Tensor {
  const { run = runOp, attributes } = conv;
  return tf.tidy(() => run(op, [padded(x, conv), filter], attributes));
}

/** The gradient with respect to x, of shape `shape`: computed for the padded image, then cut out of it. */
export function convolveBackInput(
  op: string,
  { dy, filter, shape }: { dy: tf.Tensor; filter: tf.Tensor; shape: readonly number[] },
  conv: NativeWindow,
): tf.Tensor {
  const { borders, attributes, run = runOp } = conv;
  return tf.tidy(() => {
    if (!borders) return run(op, [sizes(shape), filter, dy], attributes);
    const outer = shape.map((size, axis) => size + (borders[axis]?.[0] ?? 0) + (borders[axis]?.[1] ?? 0));
    return inner(run(op, [sizes(outer), filter, dy], attributes), borders, shape);
  });
}

/** The gradient with respect to the filter, of shape `shape`. */
export function convolveBackFilter(
  op: string,
  { x, dy, shape }: { x: tf.Tensor; dy: tf.Tensor; shape: readonly number[] },
  conv: NativeWindow,
): tf.Tensor {
  const { run = runOp, attributes } = conv;
  return tf.tidy(() => run(op, [padded(x, conv), sizes(shape), dy], attributes));
}
