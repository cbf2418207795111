/** φ(x) = e^(-x²/2) / √(2π), the density of the standard normal distribution. */
export function normalDensity(x: number): number {
  return Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
}

/**
 * Φ(x), the share of a standard normal distribution below x, to about 15 digits: the series x + x³/3 + x⁵/15 + … in the middle, Lentz's continued
 * fraction in the tails, so that small shares keep their digits. 0 and 1 at the infinities. Abramowitz and Stegun 1964, 26.2.10 and 26.2.14;
 * Marsaglia 2004.
 */
export function normalCumulative(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x < -3) return tail(-x);
  if (x > 3) return 1 - tail(x);
  let [term, sum] = [x, x];
  for (let n = 3; Math.abs(term) > 1e-17 * Math.abs(sum); n += 2) {
    term *= (x * x) / n;
    sum += term;
  }
  return 0.5 + sum * normalDensity(x);
}

/** 1 - Φ(x) for x > 0: φ(x) / (x + 1/(x + 2/(x + 3/(x + …)))). */
function tail(x: number): number {
  if (x > 40) return 0;
  let fraction = x;
  for (let n = 200; n >= 1; n--) fraction = x + n / fraction;
  return normalDensity(x) / fraction;
}
