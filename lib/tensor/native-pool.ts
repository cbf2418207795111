import { onEachSide } from './conv-geometry.ts';
import { attribute } from './run-op.ts';
import { tf } from './tfjs.ts';
import { type NativeWindow, nativeWindow } from './window-geometry.ts';

type Pair = number | [number, number];

/** Attributes as tfjs-core's pooling ops pass them on. */
export interface PoolAttributes {
  readonly filterSize: Pair;
  readonly strides: Pair;
  readonly pad: 'same' | 'valid' | number | tf.backend_util.ExplicitPadding;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** A pooling window over images [n, h, w, c], as the native ops run it. */
export function nativePool(
  input: readonly number[],
  attributes: PoolAttributes,
): NativeWindow & { readonly ksize: readonly [number, number] } {
  const { filterSize, strides, pad, dimRoundingMode } = attributes;
  const infoFor = (padding: PoolAttributes['pad']) =>
    tf.backend_util.computePool2DInfo(
      input as [number, number, number, number],
      filterSize,
      strides,
      1,
      onEachSide(padding),
      dimRoundingMode,
    );
  const info = infoFor(pad);
  const window = nativeWindow(info, infoFor('same'));
  const ksize: [number, number] = [info.filterHeight, info.filterWidth];
  return { ...window, ksize, attributes: [...window.attributes, attribute.int('ksize', [1, ...ksize, 1])] };
}
