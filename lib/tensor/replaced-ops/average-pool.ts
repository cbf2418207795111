import { inner, padded } from '../conv-ops.ts';
import { nativePool, type PoolAttributes } from '../native-pool.ts';
import { registerGradient, registerKernel, runKernel } from '../register.ts';
import { runOp } from '../run-op.ts';
import { tf } from '../tfjs.ts';
import type { NativeWindow } from '../window-geometry.ts';

// tfjs-node knows 'same' and 'valid' only. Any other border is put around the image, and the mean taken over what lies inside of it: a window that
// lies outside altogether has no mean, NaN.

type Pool = ReturnType<typeof nativePool>;

const native = (x: tf.Tensor, { attributes }: NativeWindow): tf.Tensor => runOp('AvgPool', [x], attributes);

/** Share of each window that lies inside the image [1, h', w', 1]. */
function inside(shape: readonly number[], pool: Pool): tf.Tensor {
  const [, height = 0, width = 0] = shape;
  return native(padded(tf.ones([1, height, width, 1]), pool), pool);
}

/** What reaches each window of a mean over `shares` of it: a window without a share passes nothing on. */
export const slopesOver = (dy: tf.Tensor, shares: tf.Tensor): tf.Tensor =>
  tf.where(tf.greater(shares, 0), tf.div(dy, shares), tf.zerosLike(dy));

registerKernel<PoolAttributes>('AvgPool', (inputs, attributes) => {
  const { x } = inputs as { x: tf.Tensor };
  const pool = nativePool(x.shape, attributes);
  return tf.tidy(() => {
    const mean = native(padded(x, pool), pool);
    return pool.borders ? tf.div(mean, inside(x.shape, pool)) : mean;
  });
});

registerKernel<PoolAttributes>('AvgPoolGrad', (inputs, attributes) => {
  const { dy, input } = inputs as { dy: tf.Tensor; input: tf.Tensor };
  const pool = nativePool(input.shape, attributes);
  const spread = (slopes: tf.Tensor, shape: readonly number[]): tf.Tensor =>
    runOp('AvgPoolGrad', [tf.tensor1d([...shape], 'int32'), slopes], pool.attributes);
  return tf.tidy(() => {
    const { borders } = pool;
    if (!borders) return spread(dy, input.shape);
    const outer = input.shape.map((size, axis) => size + (borders[axis]?.[0] ?? 0) + (borders[axis]?.[1] ?? 0));
    return inner(spread(slopesOver(dy, inside(input.shape, pool)), outer), borders, input.shape);
  });
});

// tfjs-core's own forgets how the number of windows was rounded
registerGradient<tf.Tensor, PoolAttributes>('AvgPool', { inputs: ['x'] }, (dy, [x], attributes) => ({
  x: () => runKernel('AvgPoolGrad', { dy, input: x as tf.Tensor }, attributes),
}));
