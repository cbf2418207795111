import type { Borders } from '../tensor/conv-geometry.ts';
import { LabError } from '../tensor/errors.ts';
import type { Shape } from '../tensor/shape.ts';

/**
 * Border around an image. `'same'`: output size ceil(input / stride), the odd row or column at the bottom and right (TensorFlow);
 * `'valid'`: none; a number: that many on every side (PyTorch); four numbers: [top, bottom, left, right].
 */
export type Padding = 'same' | 'valid' | number | readonly number[];

/** Two sizes along [height, width]. */
export type Pair = readonly [number, number];

/** A window that slides over an image [height, width, channels]. */
export type Window = {
  readonly kernelSize: Pair;
  readonly strides: Pair;
  readonly padding: Padding;
  readonly dilations?: Pair;
};

/** Both sizes of a number, or the pair itself. */
export function both(size: number | Pair): Pair {
  return typeof size === 'number' ? [size, size] : size;
}

/** Extent of a dilated kernel: d · (k - 1) + 1. */
export function extentOf({ kernelSize, dilations = [1, 1] }: Pick<Window, 'kernelSize' | 'dilations'>): Pair {
  return [dilations[0] * (kernelSize[0] - 1) + 1, dilations[1] * (kernelSize[1] - 1) + 1];
}

/** Four numbers as [[top, bottom], [left, right]]. */
const asBorders = ([top = 0, bottom = 0, left = 0, right = 0]: readonly number[]): Borders => [
  [top, bottom],
  [left, right],
];

/** The padding as the tensor functions take it. */
export function tensorPadding(padding: Padding): 'same' | 'valid' | number | Borders {
  return typeof padding === 'object' ? asBorders(padding) : padding;
}

/** Borders that a window's padding means for an image of shape [height, width, …]. */
export function bordersOf(image: Shape, window: Window): Borders {
  const { padding, strides } = window;
  if (padding === 'valid') return asBorders([]);
  if (typeof padding === 'number') return asBorders([padding, padding, padding, padding]);
  if (padding !== 'same') return asBorders(padding);
  const extent = extentOf(window);
  const side = (axis: 0 | 1): Pair => {
    const size = image[axis] ?? 0;
    const total = Math.max((Math.ceil(size / strides[axis]) - 1) * strides[axis] + extent[axis] - size, 0);
    return [Math.floor(total / 2), Math.ceil(total / 2)];
  };
  return [side(0), side(1)];
}

/**
 * Height and width that a sliding window gives: floor((h + p₀ + p₁ - d·(k - 1) - 1) / s) + 1.
 * @throws LabError `model/window` when the window is larger than the padded image.
 */
export function slide(image: Shape, window: Window): Pair {
  const borders = bordersOf(image, window);
  const extent = extentOf(window);
  const along = (axis: 0 | 1): number => {
    const padded = (image[axis] ?? 0) + borders[axis][0] + borders[axis][1];
    return Math.floor((padded - extent[axis]) / window.strides[axis]) + 1;
  };
  const size: Pair = [along(0), along(1)];
  if (size[0] >= 1 && size[1] >= 1) return size;
  throw new LabError(
    'model/window',
    `A window of ${extent.join('×')} does not fit an image of ${image.slice(0, 2).join('×')} with padding ${JSON.stringify(window.padding)}.`,
    "Use a smaller kernel, fewer pooling steps, or padding 'same'.",
  );
}
