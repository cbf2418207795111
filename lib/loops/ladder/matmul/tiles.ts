/** The text that goes over tiles of B, copied to where they lie together: what is done with one, `add` says. */
export const tiles = `const tile = 32;

export function matmul(a: F32s, b: F32s, c: F32s, m: i32, n: i32, k: i32, scratch: F32s): void {
  for (let i = 0; i < m * n; i++) c[i] = 0;
  for (let p0 = 0; p0 < k; p0 += tile)
    for (let j0 = 0; j0 < n; j0 += tile) {
      const depth = min(tile, k - p0), width = min(tile, n - j0);
      for (let p = 0; p < depth; p++)
        for (let j = 0; j < width; j++) scratch[p * tile + j] = b[(p0 + p) * n + j0 + j];
      for (let i = 0; i < m; i += 2) {
        // an odd last row is computed twice, the second time into memory that nobody reads
        const last = i + 1 == m, more = last ? scratch.from(depth * tile) : c.from((i + 1) * n + j0);
        add(c.from(i * n + j0), more, a.from(i * k + p0), a.from((last ? i : i + 1) * k + p0), scratch, width, depth);
      }
    }
}`;
