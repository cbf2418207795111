import { type Granularity, tiled } from './granularity.ts';

/**
 * Whole kernels, the weights between one input and one output channel: [kh, kw, in, out] → tiles [kh, kw, 1, 1], [in, out] → [1, 1].
 * Mao et al. 2017.
 */
export function kernel(): Granularity {
  return tiled('kernel', shape => shape.map((length, axis) => (axis < shape.length - 2 ? length : 1)));
}
