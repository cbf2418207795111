import type { Model } from '../../../model/model.ts';
import { weightNames, weightValue } from '../../../model/weights.ts';

/**
 * Names of the weights that are all 0: no signal passes such a layer, and nothing after it can learn. It is what global criteria do at high sparsity
 * before training. Tanaka et al. 2020.
 */
export function collapsedLayers(model: Model): readonly string[] {
  return weightNames(model).filter(name => {
    const mask = model.parameters[name]?.mask;
    return weightValue(model, name).data.every((w: number, i: number) => w === 0 || mask?.data[i] === 0);
  });
}
