import { assertFits, type ConvOptions, convAttributes } from './conv-options.ts';
import { LabError } from './errors.ts';
import { runKernel } from './register.ts';
import type { tf } from './tf.ts';

/**
 * Depthwise convolution of x [n, h, w, c] with kernel [k_h, k_w, c, multiplier]: every channel is convolved on its own with `multiplier`
 * filters; output channel k · multiplier + q belongs to input channel k. Gradients of every order.
 * @throws LabError `conv/channels` when the kernel's third axis is not the number of channels.
 * @throws LabError `conv/geometry` when the window does not fit into the image.
 */
export function depthwiseConv2d(x: tf.Tensor4D, kernel: tf.Tensor4D, options: ConvOptions = {}): tf.Tensor4D {
  if (x.shape[3] !== kernel.shape[2]) {
    throw new LabError(
      'conv/channels',
      `depthwiseConv2d: a kernel [${kernel.shape.join(', ')}] needs ${kernel.shape[2]} channels; the input is [${x.shape.join(', ')}].`,
      'The kernel is [height, width, channels, multiplier].',
    );
  }
  const attributes = convAttributes(options);
  assertFits('depthwiseConv2d', { input: x.shape, kernel: kernel.shape }, attributes);
  return runKernel<tf.Tensor4D>('DepthwiseConv2dNative', { x, filter: kernel }, attributes);
}
