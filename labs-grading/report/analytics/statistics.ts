/** Arithmetic mean; NaN of nothing. */
export const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Population variance: mean squared distance from the mean, divided by n. */
export function variance(values: readonly number[]): number {
  const centre = mean(values);
  return mean(values.map(value => (value - centre) ** 2));
}

/** The value that a share `q` (0–1) of the values does not exceed, between two of them by straight line (Hyndman and Fan 1996, type 7). */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const place = q * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(place)] ?? Number.NaN, sorted[Math.ceil(place)] ?? Number.NaN];
  return low + (place - Math.floor(place)) * (high - low);
}

/**
 * Pearson's r, −1 to 1; undefined where one side does not vary. With one side 0 or 1 this is the point-biserial correlation.
 * A spread within rounding of the values counts as none.
 */
export function correlation(x: readonly number[], y: readonly number[]): number | undefined {
  const [mx, my] = [mean(x), mean(y)];
  const [sx, sy] = [Math.sqrt(variance(x)), Math.sqrt(variance(y))];
  const still = (spread: number, values: readonly number[]): boolean => !(spread > 1e-9 * Math.max(1, ...values.map(Math.abs)));
  if (x.length < 2 || still(sx, x) || still(sy, y)) return undefined;
  const covariance = mean(x.map((value, i) => (value - mx) * ((y[i] as number) - my)));
  return Math.min(1, Math.max(-1, covariance / (sx * sy)));
}
