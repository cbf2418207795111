import type { LoopRung } from '../rung.ts';

/** A way to compute a product of float32 matrices: naive. */
export const naive: LoopRung = {
  name: 'naive',
  idea: 'The definition: the innermost loop jumps a whole row of B at each step.',
  source: `export function matmul(a: F32s, b: F32s, c: F32s, m: i32, n: i32, k: i32): void {
  for (let i = 0; i < m; i++)
    for (let j = 0; j < n; j++) {
      let sum: f32 = 0;
      for (let p = 0; p < k; p++) sum += a[i * k + p] * b[p * n + j];
      c[i * n + j] = sum;
    }
}
`,
};
