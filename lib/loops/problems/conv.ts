import type { LoopCall } from '../loop.ts';
import { assertConv, type ConvSizes, convMacs, convScratch, windowAt } from './image.ts';
import { arrayOf, bytesOfCall, type LoopProblem, type ScratchSpace, scratchArray } from './problem.ts';
import { eighths } from './values.ts';

/**
 * y [height, width, filters] = x [height, width, channels] ∗ w [3, 3, channels, filters] in float32, padding 1 with zeros, stride 1. Inputs are eighths between −1
 * and 1, so that no sum is rounded.
 * @throws LabError `loops/problem` for a size that is no whole number from 1 to 4096.
 */
export function conv(sizes: ConvSizes): LoopProblem {
  assertConv(sizes);
  const { height, width, channels, filters } = sizes;
  const scratch: ScratchSpace = { view: 'F32s', elements: convScratch(sizes) };
  const call = (seed: number): LoopCall => ({
    function: 'conv',
    args: [
      { name: 'x', data: eighths(2 * seed, height * width * channels), use: 'in' },
      { name: 'w', data: eighths(2 * seed + 1, 9 * channels * filters), use: 'in' },
      { name: 'y', data: new Float32Array(height * width * filters), use: 'out' },
      ...[height, width, channels, filters, scratchArray(scratch)],
    ],
  });
  return {
    name: `convolution ${height} × ${width} × ${channels} to ${filters}, 3 × 3, float32`,
    signature: 'export function conv(x: F32s, w: F32s, y: F32s, height: i32, width: i32, channels: i32, filters: i32): void',
    scratch,
    macs: convMacs(sizes),
    bytes: bytesOfCall(call(0)),
    // Winograd's F(4 × 4, 3 × 3) takes 36 products where the definition has 144; larger tiles lose too many bits
    fewestProducts: 0.25,
    output: 'y',
    call,
    element(given, index) {
      const [x, w] = [arrayOf(given, 'x').data, arrayOf(given, 'w').data];
      const { filter, taps } = windowAt(sizes, index);
      let sum = 0;
      for (const [input, tap] of taps)
        for (let c = 0; c < channels; c++) sum += (x[input + c] as number) * (w[(tap * channels + c) * filters + filter] as number);
      return sum;
    },
  };
}
