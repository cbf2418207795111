import type { LoopRung } from '../rung.ts';

/** A way to compute a product of int8 matrices: unrolled. */
export const unrolled: LoopRung = {
  name: 'unrolled',
  idea: 'Four rows of B at once: a quarter of the tests, and a quarter of the loads and stores of C.',
  source: `export function matmul(a: I8s, b: I8s, c: I32s, m: i32, n: i32, k: i32): void {
  for (let i = 0; i < m * n; i++) c[i] = 0;
  for (let i = 0; i < m; i++) {
    const x = a.from(i * k), sums = c.from(i * n);
    let p = 0;
    for (; p + 4 <= k; p += 4) {
      const x0 = x[p], x1 = x[p + 1], x2 = x[p + 2], x3 = x[p + 3];
      const r0 = b.from(p * n), r1 = r0.from(n), r2 = r1.from(n), r3 = r2.from(n);
      for (let j = 0; j < n; j++) sums[j] += x0 * r0[j] + x1 * r1[j] + x2 * r2[j] + x3 * r3[j];
    }
    for (; p < k; p++) {
      const rest = x[p], row = b.from(p * n);
      for (let j = 0; j < n; j++) sums[j] += rest * row[j];
    }
  }
}
`,
};
