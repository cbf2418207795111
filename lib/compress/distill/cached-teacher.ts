import type { Dataset } from '../../data/dataset.ts';
import { rows } from '../../data/dataset.ts';
import { activationValues } from '../../inspect/activations.ts';
import type { Model } from '../../model/model.ts';
import type { NDArray } from '../../tensor/array.ts';
import { LabError } from '../../tensor/errors.ts';
import type { tf } from '../../tensor/tf.ts';
import { untaped } from '../../tensor/untaped.ts';
import { upload } from '../../tensor/upload.ts';
import { type Examples, examplesOf } from '../../train/examples.ts';
import type { LossContext } from '../../train/losses.ts';
import { foundPlace } from './place.ts';
import { assertFinite, spoken, type Teacher } from './teacher.ts';

/** What is kept of a teacher. */
export interface CacheOptions {
  /** Ids of the nodes whose values are kept; by default its output alone. */
  readonly nodes?: readonly string[];
  /** Is called after each batch with the number of examples that are done, and of all. */
  readonly onBatch?: (done: number, count: number) => void;
}

/**
 * A frozen teacher whose values for these examples are computed once, now, and looked up in each pass: a step then costs the student's alone. Other
 * examples (a validation set) it is asked about live.
 * @throws LabError `distill/node`, `train/examples`, `distill/teacher`; at a batch `distill/cache` when the images were augmented, which it did not see,
 * or when a node is asked for that it did not keep.
 * @example
 * const data = strokeGlyphs({ count: 64, seed: 1 });
 * const teacher = distill.cachedTeacher(mlp({ hidden: [32] }), data);
 */
export function cachedTeacher(model: Model, data: Dataset | Examples, options: CacheOptions = {}): Teacher {
  const { nodes = [model.output], onBatch } = options;
  const { inputs } = examplesOf(data);
  for (const node of nodes) foundPlace({ model, node });
  const kept = activationValues(model, data, { nodes, look: (value, id) => assertFinite(model, id, value), onBatch });
  const values = (ids: readonly string[], { inputs: batch, source }: LossContext): Record<string, tf.Tensor> => {
    if (source === undefined || source.inputs !== inputs) return untaped(() => spoken(model, ids, batch));
    if (source.augmented) throw augmented(model);
    return untaped(() => Object.fromEntries(ids.map(id => [id, lookedUp(model, kept, { id, indices: source.indices })])));
  };
  return { model, values };
}

function lookedUp(
  { name }: Model,
  kept: ReadonlyMap<string, NDArray>,
  { id, indices }: { id: string; indices: ArrayLike<number> },
): tf.Tensor {
  const all = kept.get(id);
  if (all) return upload(rows(all, indices)).clone();
  throw new LabError(
    'distill/cache',
    `The cache of teacher ${name} has no values of node ${id}.`,
    `It has: ${[...kept.keys()].join(', ')}. Name all that are matched: cachedTeacher(model, data, { nodes: [...] }).`,
  );
}

const augmented = ({ name }: Model): LabError =>
  new LabError(
    'distill/cache',
    `The cache of teacher ${name} holds what it says of the images as they are, and these were augmented.`,
    'Train without augment, or take frozenTeacher, which looks at every image that the student sees.',
  );
