import type { LoopRung } from '../rung.ts';

/** A way to compute a product of float32 matrices: tiled and packed. */
export const tiled: LoopRung = {
  name: 'tiled and packed',
  idea: 'A tile of B is copied to where it lies together, and meets all rows of A while it is in the cache.',
  source: `const tile = 32;

export function matmul(a: F32s, b: F32s, c: F32s, m: i32, n: i32, k: i32, scratch: F32s): void {
  for (let i = 0; i < m * n; i++) c[i] = 0;
  for (let p0 = 0; p0 < k; p0 += tile)
    for (let j0 = 0; j0 < n; j0 += tile) {
      const depth = min(tile, k - p0), width = min(tile, n - j0);
      for (let p = 0; p < depth; p++)
        for (let j = 0; j < width; j++) scratch[p * tile + j] = b[(p0 + p) * n + j0 + j];
      for (let i = 0; i < m; i++) add(c.from(i * n + j0), a.from(i * k + p0), scratch, width, depth);
    }
}

function add(sums: F32s, x: F32s, packed: F32s, width: i32, depth: i32): void {
  let p = 0;
  for (; p + 4 <= depth; p += 4) {
    const x0 = x[p], x1 = x[p + 1], x2 = x[p + 2], x3 = x[p + 3];
    const r0 = packed.from(p * tile), r1 = r0.from(tile), r2 = r1.from(tile), r3 = r2.from(tile);
    for (let j = 0; j < width; j++) sums[j] += x0 * r0[j] + x1 * r1[j] + x2 * r2[j] + x3 * r3[j];
  }
  for (; p < depth; p++) {
    const rest = x[p], row = packed.from(p * tile);
    for (let j = 0; j < width; j++) sums[j] += rest * row[j];
  }
}
`,
};
