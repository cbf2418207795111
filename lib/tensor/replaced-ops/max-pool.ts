import { inner, padded } from '../conv-ops.ts';
import { largest, ranked } from '../largest.ts';
import { nativePool, type PoolAttributes } from '../native-pool.ts';
import { registerKernel } from '../register.ts';
import { attribute, onednnKernel, runOp, runOps } from '../run-op.ts';
import { tf } from '../tfjs.ts';
import type { NativeWindow } from '../window-geometry.ts';

// TensorFlow's MaxPoolGrad searches every window again, in one thread: 20 times slower than oneDNN, which remembers where the largest values
// were. Its gradient kernel has no public name, so the forward pass runs once more for that memory, and both together take a tenth.

registerKernel<PoolAttributes>('MaxPool', (inputs, attributes) => {
  const { x } = inputs as { x: tf.Tensor };
  const pool = nativePool(x.shape, attributes);
  const outside = pool.borders?.slice(1, 3).some((border, axis) => Math.max(...border) >= (pool.ksize[axis] as number));
  const border = (values: tf.Tensor, value: number): tf.Tensor => padded(values, pool, value);
  return tf.tidy(() => largest(x, { pool: values => runOp('MaxPool', [values], pool.attributes), border, outside }));
});

registerKernel<PoolAttributes>('MaxPoolGrad', (tensors, attributes) => {
  const { dy, input, output } = tensors as { dy: tf.Tensor; input: tf.Tensor; output: tf.Tensor };
  const pool = nativePool(input.shape, attributes);
  return tf.tidy(() => {
    // The border never wins.
    const x = padded(ranked(input), pool, Number.NEGATIVE_INFINITY);
    const y = ranked(output);
    const dx = remembered(x, { output: y, dy }, pool) ?? runOp('MaxPoolGrad', [x, y, dy], pool.attributes);
    return pool.borders ? inner(dx, pool.borders, input.shape) : dx;
  });
});

let hasOnednn = true;

/** The gradient by oneDNN's pair of kernels, or undefined where TensorFlow was built without them. */
function remembered(x: tf.Tensor, { output, dy }: { output: tf.Tensor; dy: tf.Tensor }, pool: NativeWindow): tf.Tensor | undefined {
  if (!hasOnednn) return undefined;
  const attributes = [...pool.attributes, onednnKernel, attribute.bool('workspace_enabled', true)];
  try {
    const [, places] = runOps('_MklNativeMaxPool', [x], { attributes, outputs: 2 });
    return runOp('_MklNativeMaxPoolGrad', [x, output, dy, places as tf.Tensor], attributes);
  } catch {
    hasOnednn = false;
    return undefined;
  }
}
