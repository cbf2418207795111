import { LabError } from '../tensor/errors.ts';

/**
 * Solves (A + εI) W = B for a symmetric A [n, n] ≥ 0 and B [n, m], row-major, by Cholesky's decomposition A = LLᵀ; ε = 1e-7 times the mean of
 * A's diagonal holds it away from singular.
 * @throws LabError `prune/singular` when that does not suffice.
 */
export function solveSymmetric(a: Float64Array, b: Float64Array, n: number): Float64Array {
  let trace = 0;
  for (let i = 0; i < n; i++) trace += a[i * n + i];
  const lower = cholesky(a, n, (1e-7 * trace) / n);
  if (!lower) throw new LabError('prune/singular', 'The inputs of the layer do not determine its weights.', 'Give more examples.');
  const m = b.length / n;
  const x = b.slice();
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) subtractRow(x, { to: i, from: k, times: lower[i * n + k], m });
    scaleRow(x, { row: i, by: 1 / lower[i * n + i], m });
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) subtractRow(x, { to: i, from: k, times: lower[k * n + i], m });
    scaleRow(x, { row: i, by: 1 / lower[i * n + i], m });
  }
  return x;
}

/** The lower triangular L with A + ridge · I = LLᵀ for a symmetric A [n, n], row-major; nothing where A + ridge · I is not positive definite. */
export function cholesky(a: Float64Array, n: number, ridge = 0): Float64Array | undefined {
  const lower = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      let sum = a[i * n + j] + (i === j ? ridge : 0);
      for (let k = 0; k < j; k++) sum -= lower[i * n + k] * lower[j * n + k];
      if (i === j && !(sum > 0)) return undefined;
      lower[i * n + j] = i === j ? Math.sqrt(sum) : sum / lower[j * n + j];
    }
  return lower;
}

function subtractRow(x: Float64Array, { to, from, times, m }: { to: number; from: number; times: number; m: number }): void {
  if (times !== 0) for (let c = 0; c < m; c++) x[to * m + c] -= times * x[from * m + c];
}

function scaleRow(x: Float64Array, { row, by, m }: { row: number; by: number; m: number }): void {
  for (let c = 0; c < m; c++) x[row * m + c] *= by;
}
