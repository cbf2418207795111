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

/**
 * The attributes that tfjs-core's convolution kernels take, for our options.
 * @throws LabError `conv/options` for an option that is no stride, dilation or padding.
 */
export function convAttributes(options: ConvOptions): ConvAttributes {
  assertOptions(options);
  const { strides = 1, padding = 'valid', dilations = 1 } = options;
  const pad = typeof padding === 'object' ? [[0, 0], [...padding[0]], [...padding[1]], [0, 0]] : padding;
  return { strides: both(strides), pad: pad as ConvAttributes['pad'], dilations: both(dilations), dataFormat: 'NHWC' };
}

const whole = (from: number, value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= from;
const two = (value: unknown, accepts: (item: unknown) => boolean): boolean =>
  Array.isArray(value) && value.length === 2 && value.every(accepts);

/** TypeScript knows these rules but the whole numbers; cells of a notebook may bring anything. */
function assertOptions({ strides = 1, padding = 'valid', dilations = 1 }: ConvOptions): void {
  const count = (item: unknown): boolean => whole(1, item);
  const side = (item: unknown): boolean => whole(0, item);
  const border = (item: unknown): boolean => two(item, side);
  for (const [name, value] of Object.entries({ strides, dilations }))
    if (!count(value) && !two(value, count)) throw refusal(name, value, 'a whole number from 1, or two of them, [height, width]');
  if (padding !== 'same' && padding !== 'valid' && !side(padding) && !two(padding, border))
    throw refusal('padding', padding, "'same', 'valid', a whole number from 0, or [[top, bottom], [left, right]]");
}

function refusal(name: string, value: unknown, expected: string): LabError {
  return new LabError(
    'conv/options',
    `${name} must be ${expected}; got ${typeof value === 'object' ? JSON.stringify(value) : String(value)}.`,
    'See ConvOptions.',
  );
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
