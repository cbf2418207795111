import type { Model } from '../../model/model.ts';
import { weightValue } from '../../model/weights.ts';
import type { NDArray } from '../../tensor/array.ts';
import { LabError } from '../../tensor/errors.ts';
import { firstNotFinite } from '../../tensor/finite.ts';

/**
 * Refuses names of no parameter and weights that can't be ranked.
 * @throws LabError `prune/parameter`, `prune/empty`, `prune/finite`.
 */
export function assertWeights(model: Model, names: readonly string[]): void {
  if (names.length === 0)
    throw new LabError('prune/empty', `There is nothing to prune in ${model.name}.`, 'Weights have two axes or more, and are trainable.');
  for (const name of names) assertWeight(`Parameter ${name}`, weightValue(model, name));
}

/** Refuses an array without values, and values that are no finite numbers. */
export function assertWeight(where: string, weight: NDArray): void {
  const { data, shape } = weight;
  if (data.length === 0) throw new LabError('prune/empty', `${where} of shape [${shape.join(', ')}] has no values.`, 'Check its shape.');
  assertFinite(where, weight);
}

/** Refuses values that are no finite float32 numbers. */
export function assertFinite(where: string, { data, dtype }: NDArray): void {
  if (dtype !== 'float32')
    throw new LabError('prune/dtype', `${where}: expected float32, got ${dtype}.`, 'For a quantized weight take realValue(parameter).');
  const at = firstNotFinite(data);
  if (at < 0) return;
  throw new LabError('prune/finite', `${where}: value ${at} is ${data[at]}.`, 'Such weights come from training that diverged.');
}
