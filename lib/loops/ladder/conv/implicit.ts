import type { LoopRung } from '../rung.ts';

/** A way to compute a float32 convolution: implicit product. */
export const implicit: LoopRung = {
  name: 'implicit product',
  idea: 'No window is written out: the image gets a border of zeros, and four places times eight filters stay in registers while taps go by.',
  source: `export function conv(x: F32s, w: F32s, y: F32s, height: i32, width: i32, channels: i32, filters: i32, scratch: F32s): void {
  // a border of one, and columns up to a multiple of four; the first 32 numbers are for blocks that reach over the edge of y
  const wide = ((width + 3) & ~3) + 2, depth = 9 * channels;
  const padded = scratch.from(32), panels = padded.from((height + 2) * wide * channels);
  pad(x, padded, height, width, channels, wide);
  pack(w, panels, filters, depth);
  for (let f = 0; f < filters; f += 8)
    for (let row = 0; row < height; row++)
      for (let column = 0; column < width; column += 4) {
        const places = min(4, width - column), some = min(8, filters - f);
        const whole = places == 4 && some == 8, to = y.from((row * width + column) * filters + f);
        block(whole ? to : scratch, whole ? filters : 8, panels.from(f * depth), padded.from((row * wide + column) * channels), wide, channels);
        if (whole) continue;
        for (let i = 0; i < places; i++)
          for (let j = 0; j < some; j++) to[i * filters + j] = scratch[8 * i + j];
      }
}

function pad(x: F32s, padded: F32s, height: i32, width: i32, channels: i32, wide: i32): void {
  memory.fill(changetype<usize>(padded), 0, (<usize>((height + 2) * wide * channels)) << 2);
  for (let row = 0; row < height; row++) {
    const to = padded.from(((row + 1) * wide + 1) * channels), from = x.from(row * width * channels);
    memory.copy(changetype<usize>(to), changetype<usize>(from), (<usize>(width * channels)) << 2);
  }
}

// panels of eight filters, one behind the other; filters that are not there are 0
function pack(w: F32s, panels: F32s, filters: i32, depth: i32): void {
  for (let f = 0; f < filters; f += 8)
    for (let p = 0; p < depth; p++) {
      const from = w.from(p * filters + f), to = panels.from(f * depth + 8 * p), some = filters - f;
      if (some >= 8) {
        to.setVector(0, from.vector(0));
        to.setVector(4, from.vector(4));
      } else for (let j = 0; j < 8; j++) to[j] = j < some ? from[j] : 0;
    }
}

function block(y: F32s, stride: i32, panel: F32s, window: F32s, wide: i32, channels: i32): void {
  const zero = f32x4.splat(0), step = <usize>channels << 2;
  let c00 = zero, c01 = zero, c10 = zero, c11 = zero, c20 = zero, c21 = zero, c30 = zero, c31 = zero;
  let q = changetype<usize>(panel);
  for (let i = 0; i < 3; i++) {
    let a0 = changetype<usize>(window.from(i * wide * channels)), a1 = a0 + step, a2 = a1 + step, a3 = a2 + step;
    for (const end = a3; a0 < end; a0 += 4) {
      const b0 = v128.load(q), b1 = v128.load(q, 16);
      let x = v128.load32_splat(a0);
      c00 = f32x4.add(c00, f32x4.mul(x, b0));
      c01 = f32x4.add(c01, f32x4.mul(x, b1));
      x = v128.load32_splat(a1);
      c10 = f32x4.add(c10, f32x4.mul(x, b0));
      c11 = f32x4.add(c11, f32x4.mul(x, b1));
      x = v128.load32_splat(a2);
      c20 = f32x4.add(c20, f32x4.mul(x, b0));
      c21 = f32x4.add(c21, f32x4.mul(x, b1));
      x = v128.load32_splat(a3);
      c30 = f32x4.add(c30, f32x4.mul(x, b0));
      c31 = f32x4.add(c31, f32x4.mul(x, b1));
      a1 += 4;
      a2 += 4;
      a3 += 4;
      q += 32;
    }
  }
  y.setVector(0, c00);
  y.setVector(4, c01);
  y.setVector(stride, c10);
  y.setVector(stride + 4, c11);
  y.setVector(2 * stride, c20);
  y.setVector(2 * stride + 4, c21);
  y.setVector(3 * stride, c30);
  y.setVector(3 * stride + 4, c31);
}
`,
};
