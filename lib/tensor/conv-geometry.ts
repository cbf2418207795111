import { attribute, type OpAttribute } from './run-op.ts';
import { tf } from './tfjs.ts';

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
}

type ConvInfo = tf.backend_util.Conv2DInfo;
type Shape4 = [number, number, number, number];

/** Sizes of a convolution of `input` with `filter`, as tfjs-core computes them. */
export function convInfo(
  input: readonly number[],
  filter: readonly number[],
  attributes: ConvAttributes & { depthwise?: boolean },
): ConvInfo {
  const { strides, pad, dataFormat = 'NHWC', dimRoundingMode, depthwise = false } = attributes;
  const format = tf.backend_util.convertConv2DDataFormat(dataFormat);
  return tf.backend_util.computeConv2DInfo(
    input as Shape4,
    filter as Shape4,
    strides,
    attributes.dilations ?? 1,
    pad,
    dimRoundingMode,
    depthwise,
    format,
  );
}

/** Zeros after the last row or column so that a window which rounds down reaches `outputs` positions. */
function after(info: { pad: number; before: number; size: number; kernel: number; stride: number; outputs: number }): number {
  return Math.max(info.pad, (info.outputs - 1) * info.stride + info.kernel - info.size - info.before);
}

function borders(info: ConvInfo): [number, number][] {
  const { top, bottom, left, right } = info.padInfo;
  const rows = { pad: bottom, before: top, size: info.inHeight, kernel: info.effectiveFilterHeight, stride: info.strideHeight };
  const columns = { pad: right, before: left, size: info.inWidth, kernel: info.effectiveFilterWidth, stride: info.strideWidth };
  const image: [number, number][] = [
    [top, after({ ...rows, outputs: info.outHeight })],
    [left, after({ ...columns, outputs: info.outWidth })],
  ];
  return info.dataFormat === 'channelsLast' ? [[0, 0], ...image, [0, 0]] : [[0, 0], [0, 0], ...image];
}

/** A convolution as the native ops run it: attributes, and the zeros to put around the image first, if any. */
export interface NativeConv {
  readonly attributes: OpAttribute[];
  readonly borders: [number, number][] | undefined;
}

/**
 * Reduces every kind of padding to `SAME` or `VALID`. The native ops know explicit padding too, but oneDNN does not run it: it would be slow,
 * and an error with dilation.
 */
export function nativeConv(
  input: readonly number[],
  filter: readonly number[],
  attributes: ConvAttributes & { depthwise?: boolean },
): NativeConv {
  const info = convInfo(input, filter, attributes);
  const last = info.dataFormat === 'channelsLast';
  const perAxis = (height: number, width: number) => (last ? [1, height, width, 1] : [1, 1, height, width]);
  const around = borders(info);
  const same = borders(convInfo(input, filter, { ...attributes, pad: 'same' }));
  const asSame = info.padInfo.type === 'SAME' || String(around) === String(same);
  return {
    attributes: [
      attribute.int('strides', perAxis(info.strideHeight, info.strideWidth)),
      attribute.int('dilations', perAxis(info.dilationHeight, info.dilationWidth)),
      attribute.string('data_format', last ? 'NHWC' : 'NCHW'),
      attribute.string('padding', asSame ? 'SAME' : 'VALID'),
    ],
    borders: asSame || around.flat().every(zeros => zeros === 0) ? undefined : around,
  };
}
