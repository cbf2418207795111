import type { Model } from '../model/model.ts';
import type { NDArray } from '../tensor/array.ts';
import type { Objective } from './gradient.ts';

/** The diagonal of the loss's Hessian, or what stands for it: one value for each weight, by name. */
export type Curvature = (model: Model, names: readonly string[], objective: Objective) => Readonly<Record<string, NDArray>>;
