import { filled, type NDArray } from '../tensor/array.ts';
import { normal, type Random, uniform } from '../tensor/random.ts';
import type { Shape } from '../tensor/shape.ts';

/** Makes a parameter's first value. */
export type Initial = (rng: Random, shape: Shape) => NDArray;

/** Values that flow into (`in`) and out of (`out`) one unit: what keeps the variance of activations and gradients steady. */
export type Fan = { readonly in: number; readonly out: number };

/** He normal: N(0, 2 / fan.in), for layers followed by a ReLU. He et al. 2015, equation 10. */
export function he(fan: Fan): Initial {
  return (rng, shape) => normal(rng, shape, { deviation: Math.sqrt(2 / fan.in) });
}

/** Glorot uniform: U(-a, a), a = √(6 / (fan.in + fan.out)). Glorot and Bengio 2010, equation 16. */
export function glorot(fan: Fan): Initial {
  const bound = Math.sqrt(6 / (fan.in + fan.out));
  return (rng, shape) => uniform(rng, shape, { low: -bound, high: bound });
}

/** Normal with this standard deviation. */
export function gaussian(deviation: number): Initial {
  return (rng, shape) => normal(rng, shape, { deviation });
}

/** Every element `value`. */
export function constant(value: number): Initial {
  return (_, shape) => filled(shape, value);
}

const initials: Readonly<Record<string, (fan: Fan) => Initial>> = { he, glorot };

/** What a layer's attribute `initial` may say. */
export const initialNames: readonly string[] = Object.keys(initials);

/** The initialisation that a layer's attribute `initial` names. */
export function initialNamed(name: string, fan: Fan): Initial {
  return (initials[name] ?? he)(fan);
}
