import type { LoopRung } from '../rung.ts';

/** A way to compute a product of int8 matrices: widened. */
export const widened: LoopRung = {
  name: 'widened',
  idea: 'Both factors become 16-bit numbers once, not in each product; two rows meet four columns, so that each load serves several products.',
  source: `export function matmul(a: I8s, b: I8s, c: I32s, m: i32, n: i32, k: i32, scratch: I16s): void {
  // rows of A and columns of B as 16-bit numbers, their length rounded up with zeros
  const depth = (k + 7) & ~7, rows = scratch, columns = scratch.from(m * depth);
  for (let i = 0; i < m; i++)
    for (let p = 0; p < depth; p++) rows[i * depth + p] = p < k ? a[i * k + p] : 0;
  for (let j = 0; j < n; j++)
    for (let p = 0; p < depth; p++) columns[j * depth + p] = p < k ? b[p * n + j] : 0;
  for (let i = 0; i < m; i += 2)
    for (let j = 0; j < n; j += 4) block(c, rows, columns, i, j, m, n, depth);
}

// rows and columns behind the last one are computed as that one again
function block(c: I32s, rows: I16s, columns: I16s, i: i32, j: i32, m: i32, n: i32, depth: i32): void {
  const x0 = rows.from(i * depth), x1 = rows.from(min(i + 1, m - 1) * depth);
  const y0 = columns.from(j * depth), y1 = columns.from(min(j + 1, n - 1) * depth);
  const y2 = columns.from(min(j + 2, n - 1) * depth), y3 = columns.from(min(j + 3, n - 1) * depth);
  const zero = i32x4.splat(0);
  let c00 = zero, c01 = zero, c02 = zero, c03 = zero, c10 = zero, c11 = zero, c12 = zero, c13 = zero;
  for (let p = 0; p < depth; p += 8) {
    const u = x0.vector(p), v = x1.vector(p);
    let y = y0.vector(p);
    c00 = i32x4.add(c00, i32x4.dot_i16x8_s(u, y));
    c10 = i32x4.add(c10, i32x4.dot_i16x8_s(v, y));
    y = y1.vector(p);
    c01 = i32x4.add(c01, i32x4.dot_i16x8_s(u, y));
    c11 = i32x4.add(c11, i32x4.dot_i16x8_s(v, y));
    y = y2.vector(p);
    c02 = i32x4.add(c02, i32x4.dot_i16x8_s(u, y));
    c12 = i32x4.add(c12, i32x4.dot_i16x8_s(v, y));
    y = y3.vector(p);
    c03 = i32x4.add(c03, i32x4.dot_i16x8_s(u, y));
    c13 = i32x4.add(c13, i32x4.dot_i16x8_s(v, y));
  }
  row(c.from(i * n + j), n - j, total(c00), total(c01), total(c02), total(c03));
  if (i + 1 < m) row(c.from((i + 1) * n + j), n - j, total(c10), total(c11), total(c12), total(c13));
}

function row(c: I32s, columns: i32, s0: i32, s1: i32, s2: i32, s3: i32): void {
  c[0] = s0;
  if (columns > 1) c[1] = s1;
  if (columns > 2) c[2] = s2;
  if (columns > 3) c[3] = s3;
}

// @ts-ignore: decorator
@inline function total(v: v128): i32 {
  return i32x4.extract_lane(v, 0) + i32x4.extract_lane(v, 1) + i32x4.extract_lane(v, 2) + i32x4.extract_lane(v, 3);
}
`,
};
