import { type Model, withParameters } from '../model/model.ts';
import { weightValue } from '../model/weights.ts';
import { array, type NDArray } from '../tensor/array.ts';
import type { Curvature } from './curvature.ts';
import { gradientsOf, type Objective } from './gradient.ts';

/**
 * The diagonal of the Hessian by central differences of the gradient: h_kk = (g_k(w + ε e_k) - g_k(w - ε e_k)) / 2ε. Two passes for each
 * weight, so for small networks only; pruned weights are left out. Default ε: 0.01.
 */
export function diagonalHessian(options: { readonly epsilon?: number } = {}): Curvature {
  const { epsilon = 0.01 } = options;
  return (model, names, objective) => Object.fromEntries(names.map(name => [name, diagonalOf(model, name, { objective, epsilon })]));
}

function diagonalOf(model: Model, name: string, { objective, epsilon }: { objective: Objective; epsilon: number }): NDArray {
  const weight = weightValue(model, name);
  const mask = model.parameters[name]?.mask;
  const gradientAt = (k: number, value: number): number => {
    const data = Float32Array.from(weight.data as Float32Array);
    data[k] = value;
    const moved = withParameters(model, { [name]: { value: array(weight.shape, data), quantization: undefined } });
    return gradientsOf(moved, [name], objective)[name].data[k];
  };
  const curvature = Float32Array.from(weight.data as Float32Array, (w, k) => {
    if (mask?.data[k] === 0) return 0;
    // rounded first: the step that float32 really takes
    const [low, high] = [Math.fround(w - epsilon), Math.fround(w + epsilon)];
    return (gradientAt(k, high) - gradientAt(k, low)) / (high - low);
  });
  return array(weight.shape, curvature);
}
