import type { LoopRung } from '../rung.ts';

/** A way to compute a product of float32 matrices: register block. */
export const block: LoopRung = {
  name: 'register block',
  idea: 'Four rows and eight columns of C stay in registers until they are done: six loads serve 32 products, and C is written once.',
  source: `export function matmul(a: F32s, b: F32s, c: F32s, m: i32, n: i32, k: i32, scratch: F32s): void {
  // the first 32 numbers are for blocks that reach over an edge of C
  const panels = scratch.from(32);
  pack(b, panels, n, k);
  for (let j = 0; j < n; j += 8)
    for (let i = 0; i < m; i += 4) {
      const rows = min(4, m - i), columns = min(8, n - j);
      const whole = rows == 4 && columns == 8;
      block(whole ? c.from(i * n + j) : scratch, whole ? n : 8, panels.from(j * k), a.from(i * k), rows, k);
      if (whole) continue;
      for (let y = 0; y < rows; y++)
        for (let x = 0; x < columns; x++) c[(i + y) * n + j + x] = scratch[8 * y + x];
    }
}

// panels of eight columns, one behind the other; columns that are not there are 0
function pack(b: F32s, panels: F32s, n: i32, k: i32): void {
  for (let j = 0; j < n; j += 8)
    for (let p = 0; p < k; p++) {
      const from = b.from(p * n + j), to = panels.from(j * k + 8 * p), columns = n - j;
      if (columns >= 8) {
        to.setVector(0, from.vector(0));
        to.setVector(4, from.vector(4));
      } else for (let x = 0; x < 8; x++) to[x] = x < columns ? from[x] : 0;
    }
}

// rows below the last one are computed as that one again
function block(c: F32s, stride: i32, panel: F32s, a: F32s, rows: i32, k: i32): void {
  const zero = f32x4.splat(0);
  let c00 = zero, c01 = zero, c10 = zero, c11 = zero, c20 = zero, c21 = zero, c30 = zero, c31 = zero;
  let q = changetype<usize>(panel), a0 = changetype<usize>(a);
  let a1 = changetype<usize>(a.from(min(1, rows - 1) * k)), a2 = changetype<usize>(a.from(min(2, rows - 1) * k));
  let a3 = changetype<usize>(a.from((rows - 1) * k));
  for (const end = a0 + (<usize>k << 2); a0 < end; a0 += 4) {
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
  c.setVector(0, c00);
  c.setVector(4, c01);
  c.setVector(stride, c10);
  c.setVector(stride + 4, c11);
  c.setVector(2 * stride, c20);
  c.setVector(2 * stride + 4, c21);
  c.setVector(3 * stride, c30);
  c.setVector(3 * stride + 4, c31);
}
`,
};
