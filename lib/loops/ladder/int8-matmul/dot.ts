import type { LoopRung } from '../rung.ts';

/** A way to compute a product of int8 matrices: dot products. */
export const dot: LoopRung = {
  name: 'dot products',
  idea: 'B is transposed once, so that a row of A meets a column of B byte by byte: one instruction makes eight products and adds them in pairs.',
  source: `export function matmul(a: I8s, b: I8s, c: I32s, m: i32, n: i32, k: i32, scratch: I16s): void {
  const columns = changetype<I8s>(scratch);
  for (let p = 0; p < k; p++)
    for (let j = 0; j < n; j++) columns[j * k + p] = b[p * n + j];
  for (let i = 0; i < m; i++)
    for (let j = 0; j < n; j++) c[i * n + j] = dot(a.from(i * k), columns.from(j * k), k);
}

function dot(x: I8s, y: I8s, k: i32): i32 {
  let sums = i32x4.splat(0), p = 0;
  for (; p + 16 <= k; p += 16) {
    const u = x.vector(p), v = y.vector(p);
    sums = i32x4.add(sums, i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_s(u), i16x8.extend_low_i8x16_s(v)));
    sums = i32x4.add(sums, i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_s(u), i16x8.extend_high_i8x16_s(v)));
  }
  let sum = total(sums);
  for (; p < k; p++) sum += x[p] * y[p];
  return sum;
}

// @ts-ignore: decorator
@inline function total(v: v128): i32 {
  return i32x4.extract_lane(v, 0) + i32x4.extract_lane(v, 1) + i32x4.extract_lane(v, 2) + i32x4.extract_lane(v, 3);
}
`,
};
