import { fromGradients, type Objective } from '../../../inspect/gradient.ts';
import { array, type NDArray } from '../../../tensor/array.ts';
import { LabError } from '../../../tensor/errors.ts';
import type { Criterion } from './criterion.ts';

/**
 * SNIP's connection sensitivity: s_j = |g_j| / Σ_k |g_k|, where g = ∂L/∂c at c = 1 for weights c ∘ w, so g = w · ∂L/∂w. The sum runs over all
 * the weights asked for: the scores add up to 1. Meant for one batch, before training, with scope `global`. Lee et al. 2019, equation 4.
 * @throws LabError `prune/scores` when no weight moves the loss.
 */
export function snip(objective: Objective): Criterion {
  return Object.freeze({
    name: 'snip',
    scores(model, names) {
      const products = fromGradients(model, names, { objective, score: (w, g) => Math.abs(w * g) });
      let sum = 0;
      for (const { data } of Object.values(products)) for (let i = 0; i < data.length; i++) sum += data[i] as number;
      if (!(sum > 0))
        throw new LabError('prune/scores', `The loss depends on none of ${names.join(', ')}.`, 'Give a batch whose loss has a gradient.');
      const shares = Object.entries(products).map(([name, { shape, data }]): [string, NDArray] => {
        return [
          name,
          array(
            shape,
            (data as Float32Array).map(product => product / sum),
          ),
        ];
      });
      return Object.fromEntries(shares);
    },
  } satisfies Criterion);
}
