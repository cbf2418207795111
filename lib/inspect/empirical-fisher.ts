import { rows } from '../data/dataset.ts';
import { weightValue } from '../model/weights.ts';
import { array } from '../tensor/array.ts';
import { examplesOf } from '../train/examples.ts';
import type { Curvature } from './curvature.ts';
import { gradientsOf } from './gradient.ts';

/**
 * The empirical Fisher information in place of the Hessian's diagonal: F_kk = mean over the examples of g_k², each example's own gradient. One pass
 * for each example; batch norm uses its running statistics. Theis et al. 2018, equation 9.
 */
export function empiricalFisher(): Curvature {
  return (model, names, { data, loss }) => {
    const { inputs, targets } = examplesOf(data);
    const count = inputs.shape[0];
    const sums = names.map(name => new Float64Array(weightValue(model, name).data.length));
    for (let n = 0; n < count; n++) {
      const example = { inputs: rows(inputs, [n]), targets: rows(targets, [n]) };
      const found = gradientsOf(model, names, { data: example, loss, training: false });
      for (const [i, name] of names.entries()) {
        const [sum, gradient] = [sums[i], found[name].data];
        for (let k = 0; k < sum.length; k++) sum[k] += gradient[k] ** 2;
      }
    }
    const means = names.map((name, i) => [
      name,
      array(
        weightValue(model, name).shape,
        Float32Array.from(sums[i], s => s / count),
      ),
    ]);
    return Object.fromEntries(means);
  };
}
