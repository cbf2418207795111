import type { LoopRung } from '../rung.ts';

/** A way to compute a int8 convolution: im2col. */
export const im2col: LoopRung = {
  name: 'im2col',
  idea: 'The windows of a row are written out as 16-bit numbers without their zero point: each output is a dot product, eight products an instruction.',
  source: `export function conv(x: I8s, w: I8s, bias: I32s, multiplier: I32s, shift: I32s, y: I8s, height: i32, width: i32, channels: i32, filters: i32, xZero: i32, yZero: i32, scratch: I16s): void {
  const depth = 9 * channels;
  for (let row = 0; row < height; row++) {
    windows(x, scratch, row, height, width, channels, xZero);
    for (let column = 0; column < width; column++)
      for (let f = 0; f < filters; f++) {
        const sum = bias[f] + dot(scratch.from(column * depth), w.from(f * depth), depth);
        y[(row * width + column) * filters + f] = max(-128, min(127, yZero + scaled(sum, multiplier[f], shift[f])));
      }
  }
}

// window by window, tap by tap: channels of the input, or 0 outside of the image
function windows(x: I8s, to: I16s, row: i32, height: i32, width: i32, channels: i32, xZero: i32): void {
  for (let column = 0; column < width; column++)
    for (let i = row - 1; i <= row + 1; i++)
      for (let j = column - 1; j <= column + 1; j++) {
        const inside = i >= 0 && i < height && j >= 0 && j < width, from = x.from((i * width + j) * channels);
        for (let c = 0; c < channels; c++) to[c] = inside ? from[c] - xZero : 0;
        to = to.from(channels);
      }
}

function dot(x: I16s, w: I8s, depth: i32): i32 {
  let sums = i32x4.splat(0), p = 0;
  for (; p + 16 <= depth; p += 16) {
    const v = w.vector(p);
    sums = i32x4.add(sums, i32x4.dot_i16x8_s(x.vector(p), i16x8.extend_low_i8x16_s(v)));
    sums = i32x4.add(sums, i32x4.dot_i16x8_s(x.vector(p + 8), i16x8.extend_high_i8x16_s(v)));
  }
  let sum = i32x4.extract_lane(sums, 0) + i32x4.extract_lane(sums, 1) + i32x4.extract_lane(sums, 2) + i32x4.extract_lane(sums, 3);
  for (; p < depth; p++) sum += x[p] * w[p];
  return sum;
}

// round(round(x · multiplier / 2^31) / 2^-shift): halves go up at first, then away from zero
// @ts-ignore: decorator
@inline function scaled(x: i32, multiplier: i32, shift: i32): i32 {
  const high = <i32>((<i64>x * multiplier + (1 << 30)) >> 31), mask = (1 << -shift) - 1;
  return (high >> -shift) + ((high & mask) > (mask >> 1) + (high < 0 ? 1 : 0) ? 1 : 0);
}
`,
};
