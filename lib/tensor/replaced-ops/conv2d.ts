import { runOnRounded } from '../bfloat16.ts';
import { type ConvAttributes, convInfo, nativeConv } from '../conv-geometry.ts';
import { convolve, convolveBackFilter, convolveBackInput, padded } from '../conv-ops.ts';
import { hasNativeOps, threadsAttribute } from '../native-ops.ts';
import { registerGradient, registerKernel, runKernel } from '../register.ts';
import { runOp } from '../run-op.ts';
import { sameShape } from '../shape.ts';
import { tf } from '../tfjs.ts';
import { bordersOf } from '../window-geometry.ts';
import { winograd, winogradBackFilter, winogradBackInput } from '../winograd.ts';

// tfjs-node refuses numeric padding and, in gradients, dilation. The native ops handle both, and groups too (a filter whose input depth
// divides the channels), in value and gradient, as long as oneDNN is on.

const forward = 'Conv2D';
const backpropInput = 'Conv2DBackpropInput';
const backpropFilter = 'Conv2DBackpropFilter';

/**
 * tfjs-core computes a 1-D convolution as a 2-D one of images that are one row high, and puts a number as padding around all four sides: the rows that
 * come in make it fail. Its name is in the engine's open scopes, and afterwards in the shape of what came out.
 */
function askedByConv1d(): boolean {
  const { scopeStack } = tf.engine().state as unknown as { readonly scopeStack: readonly { readonly name: string }[] };
  return scopeStack.at(-1)?.name === `conv2d${tf.OP_SCOPE_SUFFIX}` && scopeStack.at(-2)?.name === `conv1d${tf.OP_SCOPE_SUFFIX}`;
}

/** A number as the border left and right alone. */
function atTheEnds(attributes: ConvAttributes): ConvAttributes {
  const { pad } = attributes;
  if (typeof pad !== 'number') return attributes;
  return {
    ...attributes,
    pad: [
      [0, 0],
      [0, 0],
      [pad, pad],
      [0, 0],
    ],
  };
}

interface BackpropAttributes extends ConvAttributes {
  readonly inputShape?: number[];
  readonly filterShape?: number[];
}

const narrowed = ({ precision }: ConvAttributes): boolean => precision === 'bf16';

/** Whether each pixel of the output comes from its own pixel alone: the convolution is then a product of matrices, which our own kernel does. */
function pointwise([height, width, depth]: readonly number[], channels: number | undefined, attributes: ConvAttributes): boolean {
  const { strides, pad, dataFormat = 'NHWC' } = attributes;
  if (narrowed(attributes)) return false;
  const still = Array.isArray(strides) ? strides.every(stride => stride === 1) : strides === 1;
  return hasNativeOps && height === 1 && width === 1 && depth === channels && still && typeof pad === 'string' && dataFormat === 'NHWC';
}

registerKernel<ConvAttributes>(forward, (inputs, attributes) => {
  const { x, filter } = inputs as { x: tf.Tensor; filter: tf.Tensor };
  if (pointwise(filter.shape, x.shape.at(-1), attributes)) return runOp('TinylabPointwise', [x, filter], [threadsAttribute]);
  const own = askedByConv1d() ? atTheEnds(attributes) : attributes;
  const fast = winograd(x, filter, own);
  if (fast) return fast;
  if (!misread(x, filter, own)) return convolve(forward, { x, filter }, nativeConv(x.shape, filter.shape, own));
  return tf.tidy(() => {
    const seen = reached(x, filter, own);
    const [down] = own.strides as [number, number];
    return convolve(forward, { x: seen, filter }, nativeConv(seen.shape, filter.shape, { ...own, strides: down, pad: 'valid' }));
  });
});

/**
 * Of several images of one channel, with different strides on its axes and an output of one column, the native convolution is wrong (TensorFlow 2.21 with
 * oneDNN; seen with stride 1 down and more to the right). Such a window never moves to the right, so that any stride there does the same.
 */
function misread(x: tf.Tensor, filter: tf.Tensor, attributes: ConvAttributes): boolean {
  if (!Array.isArray(attributes.strides) || attributes.strides[0] === attributes.strides[1]) return false;
  const { inChannels, outWidth } = convInfo(x.shape, filter.shape, attributes);
  return inChannels === 1 && outWidth === 1;
}

/** The image with its border, without the columns to the right that the first place of the window does not reach. */
function reached(x: tf.Tensor, filter: tf.Tensor, attributes: ConvAttributes): tf.Tensor {
  const info = convInfo(x.shape, filter.shape, attributes);
  const whole = padded(x, { borders: bordersOf(info) });
  const columns = attributes.dataFormat === 'NCHW' ? 3 : 2;
  return tf.slice(
    whole,
    [0, 0, 0, 0],
    whole.shape.map((size, axis) => (axis === columns ? info.effectiveFilterWidth : size)),
  );
}

registerKernel<BackpropAttributes>(backpropInput, (inputs, attributes) => {
  const { dy, filter } = inputs as { dy: tf.Tensor; filter: tf.Tensor };
  const shape = attributes.inputShape as number[];
  if (pointwise(filter.shape, shape.at(-1), attributes)) return runOp('TinylabPointwiseBackpropInput', [dy, filter], [threadsAttribute]);
  return (
    winogradBackInput({ dy, filter, shape }, attributes) ??
    convolveBackInput(backpropInput, { dy, filter, shape }, nativeConv(shape, filter.shape, attributes))
  );
});

registerKernel<BackpropAttributes>(backpropFilter, (inputs, attributes) => {
  const { x, dy } = inputs as { x: tf.Tensor; dy: tf.Tensor };
  const shape = attributes.filterShape as number[];
  if (pointwise(shape, x.shape.at(-1), attributes)) return runOp('TinylabPointwiseBackpropFilter', [x, dy], [threadsAttribute]);
  const fast = winogradBackFilter({ x, dy, shape }, attributes);
  if (fast) return fast;
  const plain = nativeConv(x.shape, shape, attributes);
  const conv = plain.run && narrow(x.shape, attributes) ? { ...plain, run: runOnRounded } : plain;
  if (!overruns(shape, attributes)) return convolveBackFilter(backpropFilter, { x, dy, shape }, conv);
  return tf.tidy(() => {
    const seen = everyStride(padded(x, conv), attributes);
    return convolveBackFilter(
      backpropFilter,
      { x: seen, dy, shape },
      nativeConv(seen.shape, shape, { ...attributes, strides: 1, pad: 'valid' }),
    );
  });
});

/**
 * For a 1×1 kernel with different strides on its axes, and one image, the native gradient of the filter writes beyond its memory (TensorFlow 2.21 with
 * oneDNN; strides [1, 3], [3, 1] and [2, 1] were seen to end the process). Such a kernel sees every stride-th row and column and nothing between.
 */
function overruns([height, width]: readonly number[], { strides }: ConvAttributes): boolean {
  return height === 1 && width === 1 && Array.isArray(strides) && strides[0] !== strides[1];
}

/**
 * Images that are narrower than the stride: the native gradient in bfloat16 was seen to read memory that nobody wrote (TensorFlow 2.21 with oneDNN; images
 * of one pixel and one channel, stride 2).
 */
function narrow(shape: readonly number[], { strides, dataFormat }: ConvAttributes): boolean {
  return (shape[dataFormat === 'NCHW' ? 3 : 2] as number) < Math.max(...[strides].flat());
}

/** Every stride-th row and column. */
function everyStride(x: tf.Tensor, { strides, dataFormat }: ConvAttributes): tf.Tensor {
  const [down, right] = strides as [number, number];
  return tf.stridedSlice(x, [0, 0, 0, 0], x.shape, dataFormat === 'NCHW' ? [1, 1, down, right] : [1, down, right, 1]);
}

registerGradient<tf.Tensor, ConvAttributes>(forward, { inputs: ['x', 'filter'] }, (dy, saved, given) => {
  const [x, filter] = saved as [tf.Tensor, tf.Tensor];
  const { outShape } = convInfo(x.shape, filter.shape, given);
  const attributes = sameShape(outShape, dy.shape) ? given : atTheEnds(given);
  return {
    x: () => runKernel(backpropInput, { dy, filter }, { ...attributes, inputShape: x.shape }),
    filter: () => runKernel(backpropFilter, { x, dy }, { ...attributes, filterShape: filter.shape }),
  };
});

registerGradient<tf.Tensor, BackpropAttributes>(backpropInput, { inputs: ['dy', 'filter'] }, (ddx, saved, attributes) => {
  const [dy, filter] = saved as [tf.Tensor, tf.Tensor];
  return {
    dy: () => runKernel(forward, { x: ddx, filter }, attributes),
    filter: () => runKernel(backpropFilter, { x: ddx, dy }, { ...attributes, filterShape: filter.shape }),
  };
});

registerGradient<tf.Tensor, BackpropAttributes>(backpropFilter, { inputs: ['x', 'dy'] }, (ddw, saved, attributes) => {
  const [x, dy] = saved as [tf.Tensor, tf.Tensor];
  return {
    x: () => runKernel(backpropInput, { dy, filter: ddw }, { ...attributes, inputShape: x.shape }),
    dy: () => runKernel(forward, { x, filter: ddw }, attributes),
  };
});
