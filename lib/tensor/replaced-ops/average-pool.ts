import { inner } from '../conv-ops.ts';
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
  return native(tf.pad(tf.ones([1, height, width, 1]), pool.borders as [number, number][]), pool);
}

registerKernel<PoolAttributes>('AvgPool', (inputs, attributes) => {
  const { x } = inputs as { x: tf.Tensor };
  const pool = nativePool(x.shape, attributes);
  return tf.tidy(() => (pool.borders ? tf.div(native(tf.pad(x, pool.borders), pool), inside(x.shape, pool)) : native(x, pool)));
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
    const shares = inside(input.shape, pool);
    const slopes = tf.where(tf.greater(shares, 0), tf.div(dy, shares), tf.zerosLike(dy));
    return inner(spread(slopes, outer), borders, input.shape);
  });
});

// tfjs-core's own forgets how the number of windows was rounded
registerGradient<tf.Tensor, PoolAttributes>('AvgPool', { inputs: ['x'] }, (dy, [x], attributes) => ({
  x: () => runKernel('AvgPoolGrad', { dy, input: x as tf.Tensor }, attributes),
}));
