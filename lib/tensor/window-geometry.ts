import { attribute, type OpAttribute, type runOp } from './run-op.ts';
import type { tf } from './tfjs.ts';

/** Sizes of a window that moves over an image, as tfjs-core computes them for convolution and pooling. */
export type WindowInfo = tf.backend_util.Conv2DInfo;

/** A moving window as the native ops take it: attributes, and what to put around the image first, if anything. */
export interface NativeWindow {
  readonly attributes: readonly OpAttribute[];
  readonly borders: [number, number][] | undefined;
  /** How the op is run; by default in float32. */
  readonly run?: typeof runOp;
}

/** What comes after the last row or column so that a window which rounds down reaches `outputs` positions. */
function after(info: { pad: number; before: number; size: number; window: number; stride: number; outputs: number }): number {
  return Math.max(info.pad, (info.outputs - 1) * info.stride + info.window - info.size - info.before);
}

/** Rows and columns around the image of each axis of it, so that the window reaches every position. */
export function bordersOf(info: WindowInfo): [number, number][] {
  const { top, bottom, left, right } = info.padInfo;
  const rows = { pad: bottom, before: top, size: info.inHeight, window: info.effectiveFilterHeight, stride: info.strideHeight };
  const columns = { pad: right, before: left, size: info.inWidth, window: info.effectiveFilterWidth, stride: info.strideWidth };
  const image: [number, number][] = [
    [top, after({ ...rows, outputs: info.outHeight })],
    [left, after({ ...columns, outputs: info.outWidth })],
  ];
  return info.dataFormat === 'channelsLast' ? [[0, 0], ...image, [0, 0]] : [[0, 0], [0, 0], ...image];
}

/**
 * Reduces every kind of padding to `SAME` or `VALID`; `same` is the same window with padding `same`. Some native ops know explicit padding
 * too, but oneDNN does not run it: it would be slow, and an error with dilation.
 */
export function nativeWindow(info: WindowInfo, same: WindowInfo): NativeWindow {
  const last = info.dataFormat === 'channelsLast';
  const around = bordersOf(info);
  const asSame = info.padInfo.type === 'SAME' || String(around) === String(bordersOf(same));
  const strides = last ? [1, info.strideHeight, info.strideWidth, 1] : [1, 1, info.strideHeight, info.strideWidth];
  return {
    attributes: [
      attribute.int('strides', strides),
      attribute.string('data_format', last ? 'NHWC' : 'NCHW'),
      attribute.string('padding', asSame ? 'SAME' : 'VALID'),
    ],
    borders: asSame || around.flat().every(count => count === 0) ? undefined : around,
  };
}
