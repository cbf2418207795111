import type { LoopRung } from '../rung.ts';

/** A way to compute a float32 convolution: reordered. */
export const reordered: LoopRung = {
  name: 'reordered',
  idea: 'The loop over filters goes inside: an input is loaded once for all of them, and weights are read along their rows.',
  source: `export function conv(x: F32s, w: F32s, y: F32s, height: i32, width: i32, channels: i32, filters: i32): void {
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++) {
      const sums = y.from((row * width + column) * filters);
      for (let f = 0; f < filters; f++) sums[f] = 0;
      for (let i = row - 1; i <= row + 1; i++)
        for (let j = column - 1; j <= column + 1; j++) {
          if (i < 0 || i >= height || j < 0 || j >= width) continue;
          const from = x.from((i * width + j) * channels), taps = w.from(((i - row + 1) * 3 + j - column + 1) * channels * filters);
          for (let c = 0; c < channels; c++) {
            const value = from[c], weights = taps.from(c * filters);
            for (let f = 0; f < filters; f++) sums[f] += value * weights[f];
          }
        }
    }
}
`,
};
