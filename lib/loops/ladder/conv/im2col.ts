import type { LoopRung } from '../rung.ts';

/** A way to compute a float32 convolution: im2col. */
export const im2col: LoopRung = {
  name: 'im2col',
  idea: 'The windows of a row are written out as rows of a matrix: what remains is a product of matrices without any test, four filters at a time.',
  source: `export function conv(x: F32s, w: F32s, y: F32s, height: i32, width: i32, channels: i32, filters: i32, scratch: F32s): void {
  const depth = 9 * channels;
  for (let row = 0; row < height; row++) {
    windows(x, scratch, row, height, width, channels);
    for (let column = 0; column < width; column++)
      multiply(scratch.from(column * depth), w, y.from((row * width + column) * filters), depth, filters);
  }
}

// window by window, tap by tap: channels of the input, or 0 outside of the image
function windows(x: F32s, to: F32s, row: i32, height: i32, width: i32, channels: i32): void {
  for (let column = 0; column < width; column++)
    for (let i = row - 1; i <= row + 1; i++)
      for (let j = column - 1; j <= column + 1; j++) {
        const inside = i >= 0 && i < height && j >= 0 && j < width, from = x.from((i * width + j) * channels);
        for (let c = 0; c < channels; c++) to[c] = inside ? from[c] : 0;
        to = to.from(channels);
      }
}

function multiply(window: F32s, w: F32s, sums: F32s, depth: i32, filters: i32): void {
  for (let f = 0; f < filters; f++) sums[f] = 0;
  let p = 0;
  for (; p + 4 <= depth; p += 4) {
    const x0 = window.splat(p), x1 = window.splat(p + 1), x2 = window.splat(p + 2), x3 = window.splat(p + 3);
    const w0 = w.from(p * filters), w1 = w0.from(filters), w2 = w1.from(filters), w3 = w2.from(filters);
    let f = 0;
    for (; f + 4 <= filters; f += 4) {
      const two = f32x4.add(f32x4.mul(x0, w0.vector(f)), f32x4.mul(x1, w1.vector(f)));
      const more = f32x4.add(f32x4.mul(x2, w2.vector(f)), f32x4.mul(x3, w3.vector(f)));
      sums.setVector(f, f32x4.add(sums.vector(f), f32x4.add(two, more)));
    }
    for (; f < filters; f++) sums[f] += window[p] * w0[f] + window[p + 1] * w1[f] + window[p + 2] * w2[f] + window[p + 3] * w3[f];
  }
  for (; p < depth; p++) {
    const rest = window[p], weights = w.from(p * filters);
    for (let f = 0; f < filters; f++) sums[f] += rest * weights[f];
  }
}
`,
};
