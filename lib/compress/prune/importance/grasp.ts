import { gradientsOf, type Objective } from '../../../inspect/gradient.ts';
import { hessianVectorProduct } from '../../../inspect/hessian-vector.ts';
import { weightValue } from '../../../model/weights.ts';
import { array, type NDArray } from '../../../tensor/array.ts';
import type { Criterion } from './criterion.ts';

/**
 * GraSP: how much of the gradient's norm goes with the weight. The paper prunes the largest of -w ∘ (H g), so the score is w ∘ (H g), of either
 * sign, where H g is a `hessianVectorProduct`. Groups: the sum. Meant for one batch before training, see `pruneAtInitialization`. Wang et al.
 * 2020, equation 8, at T = 1.
 */
export function grasp(options: Objective & { readonly epsilon?: number }): Criterion {
  return Object.freeze({
    name: 'grasp',
    scores(model, names) {
      const gradient = gradientsOf(model, names, options);
      const direction = Object.fromEntries(names.map(name => [name, gradient[name] as NDArray]));
      const products = hessianVectorProduct(model, direction, options);
      const scores = names.map((name): [string, NDArray] => {
        const { shape, data } = weightValue(model, name);
        const product = (products[name] as NDArray).data;
        return [
          name,
          array(
            shape,
            Float32Array.from(data, (w, i) => w * (product[i] as number)),
          ),
        ];
      });
      return Object.fromEntries(scores);
    },
  } satisfies Criterion);
}
