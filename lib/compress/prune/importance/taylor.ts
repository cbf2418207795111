import { fromGradients, type Objective } from '../../../inspect/gradient.ts';
import type { Criterion } from './criterion.ts';

/**
 * First-order Taylor: what the loss changes by, to first order, without the weight: |g · w|, g = ∂L/∂w; `squared`: (g · w)². Groups: the sum.
 * Molchanov et al. 2019, equations 8 and 9.
 */
export function taylor(options: Objective & { readonly squared?: boolean }): Criterion {
  const score = options.squared ? (w: number, g: number) => (w * g) ** 2 : (w: number, g: number) => Math.abs(w * g);
  return Object.freeze({
    name: options.squared ? 'taylor squared' : 'taylor',
    scores: (model, names) => fromGradients(model, names, { objective: options, score }),
  } satisfies Criterion);
}
