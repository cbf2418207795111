import { type ConvAttributes, convInfo, type Padding } from './conv-geometry.ts';
import { LabError } from './errors.ts';
import type { Shape } from './shape.ts';

/** How a window moves over an image; one number stands for both axes. */
export interface ConvOptions {
  readonly strides?: number | readonly [number, number];
  readonly padding?: Padding;
  readonly dilations?: number | readonly [number, number];
}

const both = (value: number | readonly [number, number]): [number, number] => (typeof value === 'number' ? [value, value] : [...value]);

/** The attributes that tfjs-core's convolution kernels take, for our options. */
export function convAttributes({ strides = 1, padding = 'valid', dilations = 1 }: ConvOptions): ConvAttributes {
  const pad = typeof padding === 'object' ? [[0, 0], [...padding[0]], [...padding[1]], [0, 0]] : padding;
  return { strides: both(strides), pad: pad as ConvAttributes['pad'], dilations: both(dilations), dataFormat: 'NHWC' };
}

/**
 * Throws unless the window fits into the padded image at least once.
 * @throws LabError `conv/geometry`.
 */
export function assertFits(where: string, shapes: { input: Shape; kernel: Shape }, attributes: ConvAttributes): void {
  const info = convInfo(shapes.input, shapes.kernel, attributes);
  if (info.outHeight > 0 && info.outWidth > 0) return;
  throw new LabError(
    'conv/geometry',
    `${where}: a kernel [${shapes.kernel.join(', ')}] does not fit into an input [${shapes.input.join(', ')}] with this padding.`,
    "Use padding 'same', a smaller kernel or dilation, or a larger image.",
  );
}
