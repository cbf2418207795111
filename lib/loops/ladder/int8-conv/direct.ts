import type { LoopRung } from '../rung.ts';

/** A way to compute a int8 convolution: direct. */
export const direct: LoopRung = {
  name: 'direct',
  idea: 'The definition: for each output, all taps that lie inside of the image, then one rescaling.',
  source: `export function conv(x: I8s, w: I8s, bias: I32s, multiplier: I32s, shift: I32s, y: I8s, height: i32, width: i32, channels: i32, filters: i32, xZero: i32, yZero: i32): void {
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++)
      for (let f = 0; f < filters; f++) {
        let sum = bias[f];
        for (let i = row - 1; i <= row + 1; i++)
          for (let j = column - 1; j <= column + 1; j++) {
            if (i < 0 || i >= height || j < 0 || j >= width) continue;
            const from = x.from((i * width + j) * channels), taps = w.from(((3 * f + i - row + 1) * 3 + j - column + 1) * channels);
            for (let c = 0; c < channels; c++) sum += (from[c] - xZero) * taps[c];
          }
        y[(row * width + column) * filters + f] = max(-128, min(127, yZero + scaled(sum, multiplier[f], shift[f])));
      }
}

// round(round(x · multiplier / 2^31) / 2^-shift): halves go up at first, then away from zero
// @ts-ignore: decorator
@inline function scaled(x: i32, multiplier: i32, shift: i32): i32 {
  const high = <i32>((<i64>x * multiplier + (1 << 30)) >> 31), mask = (1 << -shift) - 1;
  return (high >> -shift) + ((high & mask) > (mask >> 1) + (high < 0 ? 1 : 0) ? 1 : 0);
}
`,
};
