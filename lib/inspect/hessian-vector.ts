import { type Model, withParameters } from '../model/model.ts';
import { weightValue } from '../model/weights.ts';
import { array, type NDArray } from '../tensor/array.ts';
import { gradientsOf, type Objective } from './gradient.ts';

type Named = Readonly<Record<string, NDArray>>;

/**
 * H v, the Hessian of the loss times a direction, by central differences of the gradient: (g(w + εv) - g(w - εv)) / 2ε, two passes and no second
 * derivative. H is that of the weights which v names and no mask has pruned. The step moves the weights by the share `epsilon` (default
 * 0.01) of their norm; exact on a quadratic.
 * @throws LabError `prune/frozen`, `prune/parameter`.
 */
export function hessianVectorProduct(
  model: Model,
  direction: Named,
  options: Objective & { readonly epsilon?: number },
): Record<string, NDArray> {
  const names = Object.keys(direction);
  const along = Object.fromEntries(names.map(name => [name, ofSurvivors(model, name, direction[name])]));
  const length = normOf(along);
  if (length === 0) return along;
  const size = normOf(Object.fromEntries(names.map(name => [name, weightValue(model, name)])));
  const step = ((options.epsilon ?? 0.01) * (size || 1)) / length;
  const [ahead, behind] = [step, -step].map(by => gradientsOf(moved(model, along, by), names, options)) as [Named, Named];
  return Object.fromEntries(
    names.map(name => {
      const { shape, data } = ahead[name];
      const other = behind[name].data;
      return [
        name,
        array(
          shape,
          Float32Array.from(data, (g, i) => (g - other[i]) / (2 * step)),
        ),
      ];
    }),
  );
}

/** The direction with 0 for the weights that a mask has pruned: they don't move. */
function ofSurvivors(model: Model, name: string, { shape, data }: NDArray): NDArray {
  const mask = model.parameters[name]?.mask?.data;
  return array(
    shape,
    Float32Array.from(data, (v, i) => (mask?.[i] === 0 ? 0 : v)),
  );
}

function moved(model: Model, direction: Named, step: number): Model {
  const changes = Object.entries(direction).map(([name, { shape, data }]) => {
    const weight = weightValue(model, name).data;
    const value = array(
      shape,
      Float32Array.from(data, (d, i) => weight[i] + step * d),
    );
    return [name, { value, quantization: undefined }];
  });
  return withParameters(model, Object.fromEntries(changes));
}

/** √ Σ ‖a‖² over the arrays. */
function normOf(arrays: Named): number {
  let sum = 0;
  for (const { data } of Object.values(arrays)) for (let i = 0; i < data.length; i++) sum += data[i] ** 2;
  return Math.sqrt(sum);
}
