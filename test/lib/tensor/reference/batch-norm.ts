/** y = γ (x - μ) / √(σ² + ε) + β over rows [n, c], by the formula. */
export function batchNorm(
  x: ArrayLike<number>,
  { gamma, beta, epsilon }: { gamma: ArrayLike<number>; beta: ArrayLike<number>; epsilon: number },
): { y: Float64Array; mean: Float64Array; variance: Float64Array } {
  const channels = gamma.length;
  const rows = x.length / channels;
  const at = (n: number, c: number): number => x[n * channels + c] as number;
  const mean = Float64Array.from({ length: channels }, (_, c) => range(rows).reduce((sum, n) => sum + at(n, c), 0) / rows);
  const variance = Float64Array.from(
    { length: channels },
    (_, c) => range(rows).reduce((sum, n) => sum + (at(n, c) - (mean[c] as number)) ** 2, 0) / rows,
  );
  const y = Float64Array.from({ length: x.length }, (_, i) => {
    const c = i % channels;
    const normal = ((x[i] as number) - (mean[c] as number)) / Math.sqrt((variance[c] as number) + epsilon);
    return (gamma[c] as number) * normal + (beta[c] as number);
  });
  return { y, mean, variance };
}

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
