import type { Curvature } from '../../../inspect/curvature.ts';
import type { Objective } from '../../../inspect/gradient.ts';
import { weightValue } from '../../../model/weights.ts';
import { array, type NDArray } from '../../../tensor/array.ts';
import type { Criterion } from './criterion.ts';

/**
 * Optimal Brain Damage: what the loss rises by, to second order, without the weight: s_k = ½ · h_kk · w_k², at a minimum (where the gradient is
 * 0) and without the mixed terms. Groups: the sum. LeCun et al. 1989, equation 5. Exact on a quadratic with a diagonal Hessian.
 */
export function obd(options: Objective & { readonly curvature: Curvature }): Criterion {
  return Object.freeze({
    name: 'obd',
    scores(model, names) {
      const curvature = options.curvature(model, names, options);
      return Object.fromEntries(names.map(name => [name, saliency(weightValue(model, name), curvature[name] as NDArray)]));
    },
  } satisfies Criterion);
}

function saliency({ shape, data }: NDArray, curvature: NDArray): NDArray {
  const scores = new Float32Array(data.length);
  for (let i = 0; i < scores.length; i++) scores[i] = 0.5 * (curvature.data[i] as number) * (data[i] as number) ** 2;
  return array(shape, scores);
}
