import { normalCumulative, normalDensity } from '../../../tensor/normal-distribution.ts';

/**
 * E[ReLU(x)] for x ~ N(mean, deviation²): deviation · φ(mean / deviation) + mean · Φ(mean / deviation); with a `bound`, E[min(ReLU(x), bound)].
 * What a layer reads on average behind a batch norm with β = mean, γ = deviation. Nagel et al. 2019, appendix C.
 * @example
 * [expectedRelu(0, 1), expectedRelu(1, 1), expectedRelu(-1, 2)].map(x => x.toFixed(6)); // → ['0.398942', '1.083315', '0.395593']
 */
export function expectedRelu(mean: number, deviation: number, bound: number = Number.POSITIVE_INFINITY): number {
  const sigma = Math.abs(deviation);
  if (sigma === 0) return Math.min(Math.max(mean, 0), bound);
  const above = (at: number): number => {
    const z = (mean - at) / sigma;
    return sigma * normalDensity(z) + (mean - at) * normalCumulative(z);
  };
  return above(0) - (bound === Number.POSITIVE_INFINITY ? 0 : above(bound));
}
