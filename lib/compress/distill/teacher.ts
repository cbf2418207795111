import { firstInput, type Model } from '../../model/model.ts';
import { valuesOf } from '../../model/run.ts';
import { LabError } from '../../tensor/errors.ts';
import { firstNotFinite } from '../../tensor/finite.ts';
import type { tf } from '../../tensor/tf.ts';
import { untaped } from '../../tensor/untaped.ts';
import type { NamedTensors } from '../../train/hooks.ts';
import type { LossContext } from '../../train/losses.ts';

/**
 * Who is learnt from. What it says is a constant: no gradient reaches it, and no statistic of it moves.
 */
export interface Teacher {
  /** The network that speaks; what is matched with it is named by its nodes. */
  readonly model: Model;
  /** Values [n, …] of nodes of it for the examples of a batch, by id. They live as long as the enclosing tidy. */
  values(ids: readonly string[], context: LossContext): NamedTensors;
}

/**
 * A network that teaches and does not learn: it runs on the very images that the student sees, in inference mode (batch norm takes the running statistics),
 * outside of the gradient. It may be pruned, quantized or searched.
 * @throws LabError `distill/teacher`, at a batch, when what it says is not finite.
 * @example
 * const teacher = distill.frozenTeacher(pretrained('fashion-mnist-vgg'));
 */
export function frozenTeacher(model: Model): Teacher {
  return { model, values: (ids, { inputs }) => untaped(() => spoken(model, ids, inputs)) };
}

/** What the teacher says of a batch. */
export function spoken(model: Model, ids: readonly string[], inputs: tf.Tensor): Record<string, tf.Tensor> {
  const values = ids.length === 0 ? {} : valuesOf(model, { [firstInput(model).id]: inputs }, { ids });
  for (const [id, value] of Object.entries(values)) assertFinite(model, id, value);
  return values;
}

/**
 * Refuses a teacher that says nothing.
 * @throws LabError `distill/teacher`.
 */
export function assertFinite({ name }: Model, id: string, value: tf.Tensor): void {
  const data = value.dataSync();
  const wrong = firstNotFinite(data);
  if (wrong < 0) return;
  const example = Math.floor(wrong / (value.size / (value.shape[0] as number)));
  throw new LabError(
    'distill/teacher',
    `The teacher ${name} gives ${data[wrong]} at node ${id}, for example ${example} of a batch.`,
    'A teacher gives finite numbers. Check its values and the images: predict(teacher, images).',
  );
}
