import type { LoopRung } from '../rung.ts';

/** A way to compute a product of int8 matrices: register block. */
export const block: LoopRung = {
  name: 'register block',
  idea: 'Pairs of rows of B lie interleaved in panels of eight columns: a lane belongs to a column, no sum goes across lanes, and 4 × 8 sums stay in registers.',
  source: `export function matmul(a: I8s, b: I8s, c: I32s, m: i32, n: i32, k: i32, scratch: I16s): void {
  // the first 64 numbers are the 32 sums of a block that reaches over an edge of C
  const depth = (k + 1) & ~1, edge = changetype<I32s>(scratch), rows = scratch.from(64), panels = rows.from(m * depth);
  widen(a, rows, m, k, depth);
  pack(b, panels, n, k, depth);
  for (let j = 0; j < n; j += 8)
    for (let i = 0; i < m; i += 4) {
      const height = min(4, m - i), width = min(8, n - j);
      const whole = height == 4 && width == 8;
      block(whole ? c.from(i * n + j) : edge, whole ? n : 8, panels.from(j * depth), rows.from(i * depth), height, depth);
      if (whole) continue;
      for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++) c[(i + y) * n + j + x] = edge[8 * y + x];
    }
}

function widen(a: I8s, rows: I16s, m: i32, k: i32, depth: i32): void {
  for (let i = 0; i < m; i++) {
    const from = a.from(i * k), to = rows.from(i * depth);
    let p = 0;
    for (; p + 16 <= k; p += 16) {
      const bytes = from.vector(p);
      to.setVector(p, i16x8.extend_low_i8x16_s(bytes));
      to.setVector(p + 8, i16x8.extend_high_i8x16_s(bytes));
    }
    for (; p < depth; p++) to[p] = p < k ? from[p] : 0;
  }
}

// column by column in pairs: b[p][j], b[p + 1][j], b[p][j + 1] … for eight columns; what is not there is 0
function pack(b: I8s, panels: I16s, n: i32, k: i32, depth: i32): void {
  for (let j = 0; j < n; j += 8)
    for (let p = 0; p < depth; p += 2) {
      const to = panels.from(j * depth + 8 * p), from = b.from(p * n + j);
      if (j + 8 <= n && p + 2 <= k) {
        const even = i16x8.extend_low_i8x16_s(v128.load64_zero(changetype<usize>(from)));
        const odd = i16x8.extend_low_i8x16_s(v128.load64_zero(changetype<usize>(from.from(n))));
        to.setVector(0, i16x8.shuffle(even, odd, 0, 8, 1, 9, 2, 10, 3, 11));
        to.setVector(8, i16x8.shuffle(even, odd, 4, 12, 5, 13, 6, 14, 7, 15));
      } else
        for (let x = 0; x < 8; x++) {
          to[2 * x] = j + x < n ? from[x] : 0;
          to[2 * x + 1] = j + x < n && p + 1 < k ? from[n + x] : 0;
        }
    }
}

// rows below the last one are computed as that one again
function block(c: I32s, stride: i32, panel: I16s, a: I16s, height: i32, depth: i32): void {
  const zero = i32x4.splat(0);
  let c00 = zero, c01 = zero, c10 = zero, c11 = zero, c20 = zero, c21 = zero, c30 = zero, c31 = zero;
  let q = changetype<usize>(panel), a0 = changetype<usize>(a);
  let a1 = changetype<usize>(a.from(min(1, height - 1) * depth)), a2 = changetype<usize>(a.from(min(2, height - 1) * depth));
  let a3 = changetype<usize>(a.from((height - 1) * depth));
  for (const end = a0 + (<usize>depth << 1); a0 < end; a0 += 4) {
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
