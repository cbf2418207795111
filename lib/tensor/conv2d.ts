import type { Precision } from './bfloat16.ts';
import { assertFits, type ConvOptions, convAttributes } from './conv-options.ts';
import { LabError } from './errors.ts';
import { runKernel } from './register.ts';
import type { tf } from './tf.ts';

/**
 * 2-D convolution of x [n, h, w, c] with kernel [k_h, k_w, c / groups, filters]: y[b, i, j, f] = Σ x[b, i·s + u·d, j·s + v·d, ·] · kernel[u, v, ·, f],
 * over zero-padded borders. `groups` splits channels and filters into that many convolutions side by side. Gradients of every order. `precision` 'bf16' rounds to bfloat16 what it
 * multiplies, and where that is faster what comes out: windows of 3 × 3 may be transformed first (kernels/compute/winograd), so that errors are up to twice as large and a value that is not finite makes NaN of its neighbours.
 * @throws LabError `conv/channels` when kernel, channels and groups do not fit together.
 * @throws LabError `conv/geometry` when the window does not fit into the image, `conv/options` for options that make no sense.
 */
export function conv2d(
  x: tf.Tensor4D,
  kernel: tf.Tensor4D,
  options: ConvOptions & { readonly groups?: number; readonly precision?: Precision } = {},
): tf.Tensor4D {
  const { groups = 1 } = options;
  const [channels, depth, filters] = [x.shape[3], kernel.shape[2], kernel.shape[3]];
  if (channels !== depth * groups || filters % groups !== 0) {
    throw new LabError(
      'conv/channels',
      `conv2d: a kernel [${kernel.shape.join(', ')}] in ${groups} group(s) needs ${depth * groups} channels and filters divisible by ${groups}; the input is [${x.shape.join(', ')}].`,
      'The kernel is [height, width, channels / groups, filters].',
    );
  }
  const attributes = convAttributes(options);
  assertFits('conv2d', { input: x.shape, kernel: kernel.shape }, attributes);
  return runKernel<tf.Tensor4D>('Conv2D', { x, filter: kernel }, { ...attributes, precision: options.precision });
}

/** What conv2d with padding 'valid' does to its input's gradient: x [n, h', w', filters], kernel [k_h, k_w, c, filters] → `shape` [n, h, w, c]. */
export function conv2dTranspose(
  x: tf.Tensor4D,
  kernel: tf.Tensor4D,
  options: { readonly shape: number[]; readonly strides: readonly [number, number]; readonly precision?: Precision },
): tf.Tensor4D {
  const { shape, strides, precision } = options;
  const attributes = { ...convAttributes({ strides }), inputShape: shape, precision };
  return runKernel<tf.Tensor4D>('Conv2DBackpropInput', { dy: x, filter: kernel }, attributes);
}
