/** A quadratic ½ βᵀGβ - bᵀβ: the gram matrix G, row-major [n, n], and the correlations b [n]. */
export interface Quadratic {
  /** G, row-major [n, n]. */
  readonly gram: Float64Array;
  /** b [n]. */
  readonly correlation: Float64Array;
}

/**
 * LASSO by coordinate descent: argmin ½ βᵀGβ - bᵀβ + λ ‖β‖₁, each step β_i ← S(b_i - Σ_{j≠i} G_ij β_j, λ) / G_ii with the soft threshold
 * S(z, λ) = sign(z) · max(|z| - λ, 0), until no β moves by more than 1e-9 of the largest, or 1,000 sweeps. Friedman et al. 2007.
 */
export function lasso({ gram, correlation }: Quadratic, strength: number, start?: Float64Array): Float64Array {
  const n = correlation.length;
  const beta = start ? start.slice() : new Float64Array(n);
  // b - Gβ, kept up to date
  const rest = correlation.map((b, i) => beta.reduce((sum, value, j) => sum - (gram[i * n + j] as number) * value, b));
  for (let sweep = 0; sweep < 1000; sweep++) {
    let moved = 0;
    let largest = 0;
    for (let i = 0; i < n; i++) {
      const curvature = gram[i * n + i] as number;
      if (!(curvature > 0)) continue;
      const old = beta[i] as number;
      const z = (rest[i] as number) + curvature * old;
      const value = Math.abs(z) > strength ? (z - Math.sign(z) * strength) / curvature : 0;
      beta[i] = value;
      if (value !== old) for (let j = 0; j < n; j++) rest[j] = (rest[j] as number) - (gram[j * n + i] as number) * (value - old);
      moved = Math.max(moved, Math.abs(value - old));
      largest = Math.max(largest, Math.abs(value));
    }
    if (moved <= 1e-9 * largest) break;
  }
  return beta;
}

const chosen = (beta: Float64Array): number[] => [...beta.keys()].filter(i => beta[i] !== 0);

/**
 * The `count` coordinates that LASSO chooses: λ is bisected to the largest one that leaves at least that many, and of those the largest |β| stay
 * (of equal ones the first). In rising order.
 */
export function lassoChoice(quadratic: Quadratic, count: number): number[] {
  let [low, high] = [0, quadratic.correlation.reduce((most, b) => Math.max(most, Math.abs(b)), 0)];
  let best = lasso(quadratic, 0);
  for (let step = 0; step < 40 && chosen(best).length !== count; step++) {
    const strength = (low + high) / 2;
    const beta = lasso(quadratic, strength, best);
    if (chosen(beta).length >= count) [low, best] = [strength, beta];
    else high = strength;
  }
  const order = Array.from(best.keys()).sort((a, b) => Math.abs(best[b] as number) - Math.abs(best[a] as number));
  return order.slice(0, count).sort((a, b) => a - b);
}
