import { LabError } from '../../../tensor/errors.ts';
import type { RangeMethod, Statistics } from './range.ts';

/** Which distribution the values are taken to have: the two, or whichever fits the ratio of their deviations better. */
export type AciqDistribution = 'laplace' | 'gauss' | 'auto';

/** What ACIQ takes. */
export interface AciqOptions {
  /** Default `auto`. */
  readonly distribution?: AciqDistribution;
}

/**
 * Analytic clipping: the ends mean ± α with the least expected error of 2^b equal steps, α = aciqClip(distribution, b) times the mean absolute deviation
 * (Laplace) or the standard deviation (Gauss), never beyond the values themselves. `auto` takes the distribution whose ratio of the two, 0.7071 or
 * 0.7979, is nearer. Banner et al. 2019 (ACIQ), section 3.
 */
export function aciq({ distribution = 'auto' }: AciqOptions = {}): RangeMethod {
  return Object.freeze({
    name: `aciq ${distribution}`,
    interval(statistics, format) {
      const { mean, standardDeviation, absoluteDeviation, min, max } = statistics;
      const of = distribution === 'auto' ? nearerOf(statistics) : distribution;
      const alpha = aciqClip(of, format.bits) * (of === 'laplace' ? absoluteDeviation : standardDeviation);
      return { low: Math.min(0, Math.max(min, mean - alpha)), high: Math.max(0, Math.min(max, mean + alpha)) };
    },
  } satisfies RangeMethod);
}

const ratios = { laplace: Math.SQRT1_2, gauss: Math.sqrt(2 / Math.PI) };

function nearerOf({ standardDeviation, absoluteDeviation }: Statistics): 'laplace' | 'gauss' {
  const ratio = standardDeviation > 0 ? absoluteDeviation / standardDeviation : ratios.gauss;
  return Math.abs(ratio - ratios.laplace) < Math.abs(ratio - ratios.gauss) ? 'laplace' : 'gauss';
}

/**
 * Where b bits clip best, in mean absolute deviations (Laplace) or standard deviations (Gauss): the zero of the derivative of clipping and rounding
 * error, by bisection. Laplace: t / (3 · 4^b) = e^-t. Gauss: t · erfc(t / √2) + t / (3 · 4^b) = √(2 / π) · e^(-t² / 2). Banner et al. 2019,
 * equations 5 and A.
 * @throws LabError `quantize/bits` unless 1 to 16 bits.
 * @example
 * [2, 3, 4, 8].map(bits => Math.round(aciqClip('laplace', bits) * 1e4) / 1e4); // → [2.8307, 3.8972, 5.0286, 9.8968]
 */
export function aciqClip(distribution: 'laplace' | 'gauss', bits: number): number {
  if (!(Number.isInteger(bits) && bits >= 1 && bits <= 16))
    throw new LabError('quantize/bits', `Clipping is known for 1 to 16 bits; got ${bits}.`, 'Take the bits of the format.');
  const cost = 1 / (3 * 4 ** bits);
  const slope =
    distribution === 'laplace'
      ? (t: number) => t * cost - Math.exp(-t)
      : (t: number) => t * (erfc(t / Math.SQRT2) + cost) - Math.sqrt(2 / Math.PI) * Math.exp((-t * t) / 2);
  let [low, high] = [0, 64];
  for (let i = 0; i < 80; i++) {
    const middle = (low + high) / 2;
    if (slope(middle) < 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** 2 / √π · ∫ e^(-u²) from x ≥ 0 on: its series below 2, its continued fraction (by Lentz, from behind) above. */
function erfc(x: number): number {
  if (x < 2) {
    let [term, sum] = [x, x];
    for (let n = 1; Math.abs(term) > 1e-18 && n < 200; n++) {
      term *= (-x * x) / n;
      sum += term / (2 * n + 1);
    }
    return 1 - (2 / Math.sqrt(Math.PI)) * sum;
  }
  let fraction = x;
  for (let n = 120; n > 0; n--) fraction = x + n / 2 / fraction;
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / fraction;
}
