import { type Precision, runInBfloat16 } from './bfloat16.ts';
import { attribute } from './run-op.ts';
import { tf } from './tfjs.ts';
import { type NativeWindow, nativeWindow, type WindowInfo } from './window-geometry.ts';

/** Rows or columns of zeros before and after: [top, bottom] and [left, right]. */
export type Borders = readonly [readonly [number, number], readonly [number, number]];

/** `same` keeps ceil(size / stride) positions, `valid` adds nothing, a number is added on every side. */
export type Padding = 'same' | 'valid' | number | Borders;

/** Attributes as tfjs-core's convolution ops pass them on; `groups` is ours. */
export interface ConvAttributes {
  readonly strides: number | [number, number];
  readonly pad: 'same' | 'valid' | number | tf.backend_util.ExplicitPadding;
  readonly dilations?: number | [number, number];
  readonly dataFormat?: 'NHWC' | 'NCHW';
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
  readonly groups?: number;
  /** What it computes from; default float32. */
  readonly precision?: Precision;
}

type Shape4 = [number, number, number, number];

/** A number as four borders: for a number tfjs-core takes the height's kernel and stride for the width as well, and forgets the dilation. */
export function onEachSide(pad: ConvAttributes['pad'], dataFormat: 'NHWC' | 'NCHW' = 'NHWC'): ConvAttributes['pad'] {
  if (typeof pad !== 'number') return pad;
  const [none, side] = [
    [0, 0],
    [pad, pad],
  ] as [[number, number], [number, number]];
  return dataFormat === 'NHWC' ? [none, side, side, none] : [none, none, side, side];
}

/** Sizes of a convolution of `input` with `filter`, as tfjs-core computes them. */
export function convInfo(
  input: readonly number[],
  filter: readonly number[],
  attributes: ConvAttributes & { depthwise?: boolean },
): WindowInfo {
  const { strides, pad, dataFormat = 'NHWC', dimRoundingMode, depthwise = false } = attributes;
  const format = tf.backend_util.convertConv2DDataFormat(dataFormat);
  return tf.backend_util.computeConv2DInfo(
    input as Shape4,
    filter as Shape4,
    strides,
    attributes.dilations ?? 1,
    onEachSide(pad, dataFormat),
    dimRoundingMode,
    depthwise,
    format,
  );
}

/** A convolution as the native ops run it. */
export function nativeConv(
  input: readonly number[],
  filter: readonly number[],
  attributes: ConvAttributes & { depthwise?: boolean },
): NativeWindow {
  const info = convInfo(input, filter, attributes);
  const window = nativeWindow(info, convInfo(input, filter, { ...attributes, pad: 'same' }));
  const [height, width] = [info.dilationHeight, info.dilationWidth];
  const dilations = attribute.int('dilations', info.dataFormat === 'channelsLast' ? [1, height, width, 1] : [1, 1, height, width]);
  const run = attributes.precision === 'bf16' ? { run: runInBfloat16 } : {};
  return { ...window, ...run, attributes: [...window.attributes, dilations] };
}
