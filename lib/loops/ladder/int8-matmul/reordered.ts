import type { LoopRung } from '../rung.ts';

/** A way to compute a product of int8 matrices: reordered. */
export const reordered: LoopRung = {
  name: 'reordered',
  idea: 'The loop over columns goes inside: B and C are read along their rows, and each line of the cache is used up.',
  source: `export function matmul(a: I8s, b: I8s, c: I32s, m: i32, n: i32, k: i32): void {
  for (let i = 0; i < m * n; i++) c[i] = 0;
  for (let i = 0; i < m; i++)
    for (let p = 0; p < k; p++) {
      const x = a[i * k + p], row = b.from(p * n), sums = c.from(i * n);
      for (let j = 0; j < n; j++) sums[j] += x * row[j];
    }
}
`,
};
