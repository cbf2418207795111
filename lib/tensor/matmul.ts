/** Sizes of a product of two matrices: A is [m, k], B is [k, n], their product [m, n]. */
export interface MatmulShape {
  readonly m: number;
  readonly k: number;
  readonly n: number;
}

/** Where a product goes, and which of its factors are stored as their transposes: `a` as [k, m], `b` as [n, k]. */
export interface MatmulStorage extends MatmulShape {
  readonly out: Float32Array;
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
}

/**
 * C = A · B by the definition, c[i, j] = Σ_p a[i, p] · b[p, j], with row-major float32 arrays. Each sum is taken in float64 and rounded once,
 * so it is as exact as float32 can say. Works everywhere; `native.matmul` is the fast one.
 */
export function matmul(a: Float32Array, b: Float32Array, { m, k, n, out, transposeA = false, transposeB = false }: MatmulStorage): void {
  const [aRow, aColumn] = transposeA ? [1, m] : [k, 1];
  const [bRow, bColumn] = transposeB ? [1, k] : [n, 1];
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let p = 0; p < k; p++) sum += (a[i * aRow + p * aColumn] as number) * (b[p * bRow + j * bColumn] as number);
      out[i * n + j] = sum;
    }
  }
}
