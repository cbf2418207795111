import { type ConvAttributes, convInfo, nativeConv } from '../conv-geometry.ts';
import { convolve, convolveBackFilter, convolveBackInput } from '../conv-ops.ts';
import { hasNativeOps, threadsAttribute } from '../native-ops.ts';
import { registerGradient, registerKernel, runKernel } from '../register.ts';
import { intAttributes, type OpAttribute, runOp } from '../run-op.ts';
import { tf } from '../tfjs.ts';
import type { NativeWindow } from '../window-geometry.ts';

// The native depthwise ops want equal strides, and tfjs-node refuses numeric padding. What they cannot do runs as a grouped convolution:
// c groups of one channel, with the filter [h, w, c, m] read as [h, w, 1, c · m]. The native gradients ignore dilation without a word;
// tfjs-core never lets them see it, and the gradient for it is in our own depthwiseConv2d.

const forward = 'DepthwiseConv2dNative';
const backpropInput = 'DepthwiseConv2dNativeBackpropInput';
const backpropFilter = 'DepthwiseConv2dNativeBackpropFilter';

interface Attributes extends ConvAttributes {
  readonly inputShape?: number[];
  readonly filterShape?: number[];
}

function depthwiseConv(input: readonly number[], filter: readonly number[], attributes: ConvAttributes): NativeWindow {
  return nativeConv(input, filter, { ...attributes, depthwise: true });
}

/** Tells whether the native depthwise op is right for these attributes. */
function plain(attributes: ConvAttributes): boolean {
  const both = (value: number | [number, number]): [number, number] => (typeof value === 'number' ? [value, value] : value);
  const [vertical, horizontal] = both(attributes.strides);
  return vertical === horizontal && both(attributes.dilations ?? 1).every(rate => rate === 1);
}

/** The attributes of our own op, which takes any window on images [n, h, w, c] without dilation; undefined for what it does not do. */
function own(input: readonly number[], filter: readonly number[], attributes: ConvAttributes): Own | undefined {
  if (!hasNativeOps || filter[3] !== 1 || attributes.dataFormat === 'NCHW') return undefined;
  const { strideHeight, strideWidth, dilationHeight, dilationWidth, padInfo, outHeight, outWidth } = convInfo(input, filter, {
    ...attributes,
    depthwise: true,
  });
  const { top, left } = padInfo;
  if (dilationHeight !== 1 || dilationWidth !== 1 || ![top, left].every(n => Number.isInteger(n) && n >= 0)) return undefined;
  const window = { stride_down: strideHeight, stride_right: strideWidth, top, left };
  return {
    out: [outHeight, outWidth],
    sized: (height, width) => [...intAttributes({ ...window, height, width }), threadsAttribute],
  };
}

interface Own {
  readonly out: readonly [number, number];
  /** For an op whose own result is so high and wide. */
  readonly sized: (height: number, width: number) => OpAttribute[];
}

const grouped = ([h, w, c, m]: readonly number[]): [number, number, number, number] => [
  h as number,
  w as number,
  1,
  (c as number) * (m as number),
];

registerKernel<Attributes>(forward, (inputs, attributes) => {
  const { x, filter } = inputs as { x: tf.Tensor; filter: tf.Tensor };
  const ours = own(x.shape, filter.shape, attributes);
  if (ours) return runOp('TinylabDepthwise', [x, filter], ours.sized(...ours.out));
  if (plain(attributes)) return convolve(forward, { x, filter }, depthwiseConv(x.shape, filter.shape, attributes));
  return tf.tidy(() => runKernel<tf.Tensor>('Conv2D', { x, filter: tf.reshape(filter, grouped(filter.shape)) }, attributes));
});

registerKernel<Attributes>(backpropInput, (inputs, attributes) => {
  const { dy, filter } = inputs as { dy: tf.Tensor; filter: tf.Tensor };
  const shape = attributes.inputShape as number[];
  const ours = own(shape, filter.shape, attributes);
  if (ours) return runOp('TinylabDepthwiseBackpropInput', [dy, filter], ours.sized(shape[1] as number, shape[2] as number));
  if (plain(attributes)) return convolveBackInput(backpropInput, { dy, filter, shape }, depthwiseConv(shape, filter.shape, attributes));
  return tf.tidy(() => runKernel<tf.Tensor>('Conv2DBackpropInput', { dy, filter: tf.reshape(filter, grouped(filter.shape)) }, attributes));
});

registerKernel<Attributes>(backpropFilter, (inputs, attributes) => {
  const { x, dy } = inputs as { x: tf.Tensor; dy: tf.Tensor };
  const shape = attributes.filterShape as number[];
  const ours = own(x.shape, shape, attributes);
  if (ours) return runOp('TinylabDepthwiseBackpropFilter', [x, dy], ours.sized(shape[0] as number, shape[1] as number));
  if (plain(attributes)) return convolveBackFilter(backpropFilter, { x, dy, shape }, depthwiseConv(x.shape, shape, attributes));
  const asGroups = { ...attributes, filterShape: grouped(shape) };
  return tf.tidy(() => tf.reshape(runKernel<tf.Tensor>('Conv2DBackpropFilter', { x, dy }, asGroups), shape));
});

registerGradient<tf.Tensor, Attributes>(backpropInput, { inputs: ['dy', 'filter'] }, (ddx, saved, attributes) => {
  const [dy, filter] = saved as [tf.Tensor, tf.Tensor];
  return {
    dy: () => runKernel(forward, { x: ddx, filter }, attributes),
    filter: () => runKernel(backpropFilter, { x: ddx, dy }, { ...attributes, filterShape: filter.shape }),
  };
});

registerGradient<tf.Tensor, Attributes>(backpropFilter, { inputs: ['x', 'dy'] }, (ddw, saved, attributes) => {
  const [x, dy] = saved as [tf.Tensor, tf.Tensor];
  return {
    x: () => runKernel(backpropInput, { dy, filter: ddw }, { ...attributes, inputShape: x.shape }),
    dy: () => runKernel(forward, { x, filter: ddw }, attributes),
  };
});
