import type { LoopRung } from '../rung.ts';

/** A way to compute a int8 convolution: implicit product. */
export const implicit: LoopRung = {
  name: 'implicit product',
  idea: 'No window is written out: the image becomes 16-bit numbers with a border of zeros, and four places times eight filters stay in registers until they are rescaled.',
  source: `export function conv(x: I8s, w: I8s, bias: I32s, multiplier: I32s, shift: I32s, y: I8s, height: i32, width: i32, channels: i32, filters: i32, xZero: i32, yZero: i32, scratch: I16s): void {
  // pairs of channels, a border of one, columns up to a multiple of four; the first 16 numbers are for blocks that reach over the edge of y
  const even = (channels + 1) & ~1, wide = ((width + 3) & ~3) + 2, depth = 9 * even, edge = changetype<I8s>(scratch);
  const factors = changetype<I32s>(scratch.from(16)), padded = scratch.from(80), panels = padded.from((height + 2) * wide * even);
  pad(x, padded, height, width, channels, wide, xZero);
  pack(w, panels, filters, channels);
  for (let f = 0; f < filters; f += 8) {
    const some = min(8, filters - f);
    for (let j = 0; j < 8; j++) {
      // what is not there is computed as the last one again
      const from = f + min(j, some - 1);
      factors[j] = bias[from];
      factors[8 + j] = multiplier[from];
      factors[16 + j] = 1 << (22 + shift[from]);
      factors[24 + j] = 1 << (8 - shift[from]);
    }
    for (let row = 0; row < height; row++)
      for (let column = 0; column < width; column += 4) {
        const places = min(4, width - column), whole = places == 4 && some == 8, to = y.from((row * width + column) * filters + f);
        block(whole ? to : edge, whole ? filters : 8, panels.from(f * depth), padded.from((row * wide + column) * even), wide, even, factors, yZero);
        if (whole) continue;
        for (let i = 0; i < places; i++)
          for (let j = 0; j < some; j++) to[i * filters + j] = edge[8 * i + j];
      }
  }
}

function pad(x: I8s, padded: I16s, height: i32, width: i32, channels: i32, wide: i32, xZero: i32): void {
  const even = (channels + 1) & ~1, zero = i16x8.splat(<i16>xZero);
  memory.fill(changetype<usize>(padded), 0, (<usize>((height + 2) * wide * even)) << 1);
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++) {
      const to = padded.from(((row + 1) * wide + column + 1) * even), from = x.from((row * width + column) * channels);
      let c = 0;
      for (; c + 16 <= channels; c += 16) {
        const bytes = from.vector(c);
        to.setVector(c, i16x8.sub(i16x8.extend_low_i8x16_s(bytes), zero));
        to.setVector(c + 8, i16x8.sub(i16x8.extend_high_i8x16_s(bytes), zero));
      }
      for (; c < channels; c++) to[c] = from[c] - xZero;
    }
}

// panels of eight filters, for each pair of channels filter by filter; filters and channels that are not there are 0
function pack(w: I8s, panels: I16s, filters: i32, channels: i32): void {
  for (let f = 0; f < filters; f += 8)
    for (let tap = 0; tap < 9; tap++)
      for (let c = 0; c < channels; c += 2)
        for (let j = 0; j < 8; j++) {
          const from = w.from((9 * (f + j) + tap) * channels + c), there = f + j < filters;
          panels[0] = there ? from[0] : 0;
          panels[1] = there && c + 1 < channels ? from[1] : 0;
          panels = panels.from(2);
        }
}

function block(y: I8s, stride: i32, panel: I16s, window: I16s, wide: i32, even: i32, factors: I32s, yZero: i32): void {
  const step = <usize>even << 1;
  let c00 = factors.vector(0), c01 = factors.vector(4), c10 = c00, c11 = c01, c20 = c00, c21 = c01, c30 = c00, c31 = c01;
  let q = changetype<usize>(panel);
  for (let i = 0; i < 3; i++) {
    let a0 = changetype<usize>(window.from(i * wide * even)), a1 = a0 + step, a2 = a1 + step, a3 = a2 + step;
    for (const end = a3; a0 < end; a0 += 4) {
      const b0 = v128.load(q), b1 = v128.load(q, 16);
      let x = v128.load32_splat(a0);
      c00 = i32x4.add(c00, i32x4.dot_i16x8_s(x, b0));
      c01 = i32x4.add(c01, i32x4.dot_i16x8_s(x, b1));
      x = v128.load32_splat(a1);
      c10 = i32x4.add(c10, i32x4.dot_i16x8_s(x, b0));
      c11 = i32x4.add(c11, i32x4.dot_i16x8_s(x, b1));
      x = v128.load32_splat(a2);
      c20 = i32x4.add(c20, i32x4.dot_i16x8_s(x, b0));
      c21 = i32x4.add(c21, i32x4.dot_i16x8_s(x, b1));
      x = v128.load32_splat(a3);
      c30 = i32x4.add(c30, i32x4.dot_i16x8_s(x, b0));
      c31 = i32x4.add(c31, i32x4.dot_i16x8_s(x, b1));
      a1 += 4;
      a2 += 4;
      a3 += 4;
      q += 32;
    }
  }
  store(y, c00, c01, factors, yZero);
  store(y.from(stride), c10, c11, factors, yZero);
  store(y.from(2 * stride), c20, c21, factors, yZero);
  store(y.from(3 * stride), c30, c31, factors, yZero);
}

// eight outputs of a place, clipped twice: to 16 bits and to 8
// @ts-ignore: decorator
@inline function store(y: I8s, low: v128, high: v128, factors: I32s, yZero: i32): void {
  const zero = i32x4.splat(yZero);
  low = i32x4.add(scaled(low, factors.vector(8), factors.vector(16), factors.vector(24)), zero);
  high = i32x4.add(scaled(high, factors.vector(12), factors.vector(20), factors.vector(28)), zero);
  const words = i16x8.narrow_i32x4_s(low, high);
  v128.store64_lane(changetype<usize>(y), i8x16.narrow_i16x8_s(words, words), 0);
}

// round(round(x · multiplier / 2^31) / 2^right): halves go up at first, then away from zero. Lanes are shifted by different numbers: all are brought
// to 22 by a product with left = 2^(22 - right), which fits once what is clipped anyway, 2^(right + 8) and more, is cut off.
// @ts-ignore: decorator
@inline function scaled(x: v128, multiplier: v128, left: v128, most: v128): v128 {
  const half = i64x2.splat(1 << 30);
  const low = i64x2.add(i64x2.extmul_low_i32x4_s(x, multiplier), half), high = i64x2.add(i64x2.extmul_high_i32x4_s(x, multiplier), half);
  const product = lower(i64x2.shr_u(low, 31), i64x2.shr_u(high, 31));
  const cut = i32x4.mul(i32x4.max_s(i32x4.min_s(product, most), i32x4.neg(most)), left);
  return i32x4.shr_s(i32x4.add(i32x4.add(cut, i32x4.splat(1 << 21)), i32x4.shr_s(cut, 31)), 22);
}

// the lower 32 bits of each of four numbers
// @ts-ignore: decorator
@inline function lower(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27);
}
`,
};
