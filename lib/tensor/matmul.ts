/** Sizes of a product of two matrices: A is [m, k], B is [k, n], their product [m, n]. */
export interface MatmulShape {
  readonly m: number;
  readonly k: number;
  readonly n: number;
}

/**
 * C = A · B by the definition, c[i, j] = Σ_p a[i, p] · b[p, j], with row-major float32 arrays. Each sum is taken in float64 and rounded once,
 * so it is as exact as float32 can say. Works everywhere; `native.matmul` is the fast one.
 */
export function matmul(a: Float32Array, b: Float32Array, { m, k, n, out }: MatmulShape & { readonly out: Float32Array }): void {
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let p = 0; p < k; p++) sum += (a[i * k + p] as number) * (b[p * n + j] as number);
      out[i * n + j] = sum;
    }
  }
}
