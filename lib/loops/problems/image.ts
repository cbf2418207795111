import { assertSizes } from './sizes.ts';

/** Sizes of a convolution with windows of 3 × 3, padding 1 and stride 1: the image keeps its height and width. */
export interface ConvSizes {
  readonly height: number;
  readonly width: number;
  /** Of the input. */
  readonly channels: number;
  /** Channels of the output. */
  readonly filters: number;
}

/** A place of the output, and what its window meets. */
export interface Window {
  readonly filter: number;
  /** Input elements and the taps that meet them, as indices of the input's first channel and of the tap (0 … 8). */
  readonly taps: readonly (readonly [input: number, tap: number])[];
}

/** @throws LabError `loops/problem` for a size that is no whole number from 1 to 4096. */
export function assertConv({ height, width, channels, filters }: ConvSizes): void {
  assertSizes({ height, width, channels, filters });
}

/** What lies under the window of an output element [row, column, filter]. Taps outside of the image are left out. */
export function windowAt({ height, width, channels, filters }: ConvSizes, index: number): Window {
  const [filter, place] = [index % filters, Math.floor(index / filters)];
  const [row, column] = [Math.floor(place / width), place % width];
  const taps: [number, number][] = [];
  for (let tap = 0; tap < 9; tap++) {
    const [down, right] = [row + Math.floor(tap / 3) - 1, column + (tap % 3) - 1];
    if (down >= 0 && down < height && right >= 0 && right < width) taps.push([(down * width + right) * channels, tap]);
  }
  return { filter, taps };
}

/** Products of a convolution, those with the border among them. */
export const convMacs = ({ height, width, channels, filters }: ConvSizes): number => 9 * height * width * channels * filters;

/** Elements for the windows of a row written out, a padded image, the weights and what belongs to a filter, all sides rounded up. */
export function convScratch({ height, width, channels, filters }: ConvSizes): number {
  const depth = 9 * (channels + 1);
  return depth * (width + filters + 16) + (channels + 1) * (height + 2) * (width + 8) + 8 * (filters + 16);
}
