import type { LoopRung } from '../rung.ts';

/** A way to compute a float32 convolution: direct. */
export const direct: LoopRung = {
  name: 'direct',
  idea: 'The definition: for each output, all taps that lie inside of the image.',
  source: `export function conv(x: F32s, w: F32s, y: F32s, height: i32, width: i32, channels: i32, filters: i32): void {
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++)
      for (let f = 0; f < filters; f++) {
        let sum: f32 = 0;
        for (let i = row - 1; i <= row + 1; i++)
          for (let j = column - 1; j <= column + 1; j++) {
            if (i < 0 || i >= height || j < 0 || j >= width) continue;
            const from = x.from((i * width + j) * channels), taps = w.from(((i - row + 1) * 3 + j - column + 1) * channels * filters);
            for (let c = 0; c < channels; c++) sum += from[c] * taps[c * filters + f];
          }
        y[(row * width + column) * filters + f] = sum;
      }
}
`,
};
