import { assertFits, type ConvOptions, convAttributes } from './conv-options.ts';
import { conv2d } from './conv2d.ts';
import { LabError } from './errors.ts';
import { runKernel } from './register.ts';
import { tf } from './tf.ts';

/**
 * Depthwise convolution of x [n, h, w, c] with kernel [k_h, k_w, c, multiplier]: every channel is convolved on its own with `multiplier`
 * filters; output channel k · multiplier + q belongs to input channel k. Gradients of every order.
 * @throws LabError `conv/channels` when the kernel's third axis is not the number of channels.
 * @throws LabError `conv/geometry` when the window does not fit into the image, `conv/options` for options that make no sense.
 */
export function depthwiseConv2d(x: tf.Tensor4D, kernel: tf.Tensor4D, options: ConvOptions = {}): tf.Tensor4D {
  const [height, width, channels, multiplier] = kernel.shape;
  if (x.shape[3] !== channels) {
    throw new LabError(
      'conv/channels',
      `depthwiseConv2d: a kernel [${kernel.shape.join(', ')}] needs ${channels} channels; the input is [${x.shape.join(', ')}].`,
      'The kernel is [height, width, channels, multiplier].',
    );
  }
  const attributes = convAttributes(options);
  assertFits('depthwiseConv2d', { input: x.shape, kernel: kernel.shape }, attributes);
  if (options.dilations === undefined || [options.dilations].flat().every(rate => rate === 1)) {
    return runKernel<tf.Tensor4D>('DepthwiseConv2dNative', { x, filter: kernel }, attributes);
  }
  // The native gradients of the depthwise op ignore dilation; those of a convolution with a group for each channel do not.
  const asGroups = tf.reshape<tf.Rank.R4>(kernel, [height, width, 1, channels * multiplier]);
  return conv2d(x, asGroups, { ...options, groups: channels });
}
