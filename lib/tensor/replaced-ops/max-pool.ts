import { onEachSide } from '../conv-geometry.ts';
import { inner } from '../conv-ops.ts';
import { registerKernel } from '../register.ts';
import { attribute, onednnKernel, runOp, runOps } from '../run-op.ts';
import { tf } from '../tfjs.ts';
import { type NativeWindow, nativeWindow } from '../window-geometry.ts';

// TensorFlow's MaxPoolGrad searches every window again, in one thread: 20 times slower than oneDNN, which remembers where the largest values
// were. Its gradient kernel has no public name, so the forward pass runs once more for that memory, and both together take a tenth.

type Pair = number | [number, number];

interface Attributes {
  readonly filterSize: Pair;
  readonly strides: Pair;
  readonly pad: 'same' | 'valid' | number | tf.backend_util.ExplicitPadding;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

function nativePool(input: readonly number[], { filterSize, strides, pad, dimRoundingMode }: Attributes): NativeWindow {
  const infoFor = (padding: Attributes['pad']) =>
    tf.backend_util.computePool2DInfo(
      input as [number, number, number, number],
      filterSize,
      strides,
      1,
      onEachSide(padding),
      dimRoundingMode,
    );
  const info = infoFor(pad);
  const window = nativeWindow(info, infoFor('same'));
  return { ...window, attributes: [...window.attributes, attribute.int('ksize', [1, info.filterHeight, info.filterWidth, 1])] };
}

/** The border never wins. */
const padded = (x: tf.Tensor, { borders }: NativeWindow): tf.Tensor => (borders ? tf.pad(x, borders, Number.NEGATIVE_INFINITY) : x);

registerKernel<Attributes>('MaxPool', (inputs, attributes) => {
  const { x } = inputs as { x: tf.Tensor };
  const pool = nativePool(x.shape, attributes);
  return tf.tidy(() => runOp('MaxPool', [padded(x, pool)], pool.attributes));
});

registerKernel<Attributes>('MaxPoolGrad', (tensors, attributes) => {
  const { dy, input, output } = tensors as { dy: tf.Tensor; input: tf.Tensor; output: tf.Tensor };
  const pool = nativePool(input.shape, attributes);
  return tf.tidy(() => {
    const x = padded(input, pool);
    const dx = remembered(x, { output, dy }, pool) ?? runOp('MaxPoolGrad', [x, output, dy], pool.attributes);
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
