import type { Model } from '../model/model.ts';
import { weightNames, weightValue } from '../model/weights.ts';
import { array } from '../tensor/array.ts';
import { LabError } from '../tensor/errors.ts';
import { random } from '../tensor/random.ts';
import type { Objective } from './gradient.ts';
import { hessianVectorProduct } from './hessian-vector.ts';

/** The loss, and how long its curvature is sampled. */
export interface HessianTraceOptions extends Objective {
  /** Names of the parameters; default: all weights. */
  readonly parameters?: readonly string[];
  /** Random directions to average over, two passes each; default 8. */
  readonly samples?: number;
  /** Of the directions; default 0. */
  readonly seed?: number;
}

/**
 * The mean of the Hessian's diagonal over each parameter, Tr(H_i) / n_i, by Hutchinson's estimate: the mean of vᵀ H v over directions v of random
 * signs, taken block by block. Weights that a mask has pruned are no part of it. Dong et al. 2020 (HAWQ-V2), section 3.2.
 * @throws LabError `inspect/samples`, `prune/frozen`, `prune/parameter`.
 * @example
 * const model = mlp({ hidden: [16], seed: 1 });
 * Object.keys(inspect.hessianTraces(model, { data: strokeGlyphs({ count: 32, seed: 1 }) })); // → ['dense-1.kernel', 'dense-2.kernel']
 */
export function hessianTraces(model: Model, options: HessianTraceOptions): Readonly<Record<string, number>> {
  const { parameters = weightNames(model), samples = 8, seed = 0, ...objective } = options;
  if (!Number.isInteger(samples) || samples < 1)
    throw new LabError('inspect/samples', `The number of directions is a whole number from 1; got ${samples}.`, 'Usual is 8 to 50.');
  const rng = random(seed).split('hessian trace');
  const sums = new Map(parameters.map(name => [name, 0]));
  const counts = new Map<string, number>();
  for (let s = 0; s < samples; s++) {
    const direction = Object.fromEntries(
      parameters.map(name => {
        const { shape, data } = weightValue(model, name);
        const mask = model.parameters[name]?.mask?.data;
        const signs = Float32Array.from(data, (_, i) => (rng.next() < 0.5 ? -1 : 1) * (mask?.[i] === 0 ? 0 : 1));
        return [name, array(shape, signs)];
      }),
    );
    const product = hessianVectorProduct(model, direction, objective);
    for (const name of parameters) {
      const [v, h] = [direction[name].data, product[name].data];
      let [sum, count] = [0, 0];
      for (let i = 0; i < v.length; i++) {
        sum += v[i] * h[i];
        count += Math.abs(v[i]);
      }
      sums.set(name, (sums.get(name) ?? 0) + sum);
      counts.set(name, count);
    }
  }
  return Object.fromEntries(parameters.map(name => [name, (sums.get(name) ?? 0) / (samples * Math.max(1, counts.get(name) ?? 1))]));
}
