import { type Model, withParameters } from '../../../model/model.ts';
import type { Codebook } from '../../../model/quantization/quantization.ts';
import { realShape } from '../../../model/quantization/quantization.ts';
import { array, type NDArray } from '../../../tensor/array.ts';
import { LabError } from '../../../tensor/errors.ts';
import { assertShape } from '../../../tensor/shape.ts';
import { type CodebookParameter, entryPlaces, hasCodebook } from './entry-places.ts';

/**
 * What gradients of the weights of a cluster make together: `sum` is the gradient of the loss by the centroid, `mean` that divided by the number of
 * weights, so that a learning rate suits small clusters and large ones.
 */
export type ClusterReduction = 'sum' | 'mean';

/** How many weights that are not pruned are each entry. */
export function clusterSizes(parameter: CodebookParameter): Int32Array {
  const sizes = new Int32Array(parameter.quantization.entries.data.length);
  for (const [i, place] of entryPlaces(parameter).entries()) if (parameter.mask?.data[i] !== 0) sizes[place]++;
  return sizes;
}

/**
 * The gradient of the loss by each entry of a code book: ∂L/∂C_k = Σ_j ∂L/∂W_j [I_j = k], over weights that are not pruned, or the mean of those; 0 for an
 * entry that no weight is. Shape of the entries. Han et al. 2016, section 3.3.
 * @throws LabError `shape/mismatch` unless the gradient has the weight's shape.
 * @example
 * const parameter = { value: array([4], [0, 1, 1, 0], 'uint8'), trainable: true, quantization: codebook({ shape: [4], bits: 1, entries: [-1, 2] }) };
 * centroidGradients(parameter, array([4], [1, 2, 4, 8])).data; // → new Float32Array([9, 6])
 * centroidGradients(parameter, array([4], [1, 2, 4, 8]), 'mean').data; // → new Float32Array([4.5, 3])
 */
export function centroidGradients(parameter: CodebookParameter, gradient: NDArray, reduction: ClusterReduction = 'sum'): NDArray {
  assertShape('Gradient', realShape(parameter), gradient.shape);
  const { entries } = parameter.quantization;
  const sums = new Float64Array(entries.data.length);
  for (const [i, place] of entryPlaces(parameter).entries()) if (parameter.mask?.data[i] !== 0) sums[place] += gradient.data[i];
  const sizes = reduction === 'mean' && clusterSizes(parameter);
  const data = Float32Array.from(sums, (sum, k) => (sizes && sizes[k] > 0 ? sum / sizes[k] : sum));
  return array(entries.shape, data);
}

/** How centroids are moved. */
export interface CentroidStep {
  readonly learningRate: number;
  /** Default `sum`. */
  readonly reduction?: ClusterReduction;
}

/**
 * The code book after one step down the gradient of the loss by its weights, C ← C - η ∂L/∂C; which weight is which entry stays.
 * @throws LabError `shape/mismatch` unless the gradient has the weight's shape.
 */
export function movedCodebook(parameter: CodebookParameter, gradient: NDArray, { learningRate, reduction }: CentroidStep): Codebook {
  const { entries } = parameter.quantization;
  const { data: slope } = centroidGradients(parameter, gradient, reduction);
  const moved = Float32Array.from(entries.data, (c, k) => c - learningRate * slope[k]);
  return Object.freeze({ ...parameter.quantization, entries: array(entries.shape, moved) });
}

/** The weights of a model that have code books without scales, by name. */
export function codebooksOf(model: Model): Readonly<Record<string, CodebookParameter>> {
  const found = Object.entries(model.parameters).filter((entry): entry is [string, CodebookParameter] => hasCodebook(entry[1]));
  return Object.fromEntries(found.filter(([, { trainable }]) => trainable));
}

/**
 * A model with the integers and the quantization that `like` has, and these entries in its code books; all else stays as it is in `model`.
 * @throws LabError `shape/mismatch` for entries of another shape.
 */
export function withEntries(model: Model, like: Model, entries: Readonly<Record<string, NDArray>>): Model {
  const changes = Object.entries(codebooksOf(like)).map(([name, { value, quantization }]) => {
    const moved = entries[name] ?? quantization.entries;
    assertShape(`Entries of ${name}`, quantization.entries.shape, moved.shape);
    return [name, { value, quantization: Object.freeze({ ...quantization, entries: moved }) }] as const;
  });
  return withParameters(model, Object.fromEntries(changes));
}

/**
 * Refuses models without code books to train.
 * @throws LabError `quantize/entries`.
 */
export function assertCodebooks(model: Model): void {
  if (Object.keys(codebooksOf(model)).length > 0) return;
  throw new LabError(
    'quantize/entries',
    `No weight of ${model.name} has a code book to train.`,
    'kMeansQuantize(model, { bits: 4 }) gives it some.',
  );
}
