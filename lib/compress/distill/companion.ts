import { firstInput, type Model, withParameters } from '../../model/model.ts';
import { realValue } from '../../model/real-value.ts';
import { valuesOf } from '../../model/run.ts';
import { array, type NDArray } from '../../tensor/array.ts';
import type { tf } from '../../tensor/tf.ts';
import type { LossContext } from '../../train/losses.ts';
import type { OwnedParameters } from '../../train/owned.ts';

/**
 * A network that is trained beside the student by a loss that owns its parameters: a peer, an exit, a discriminator. One optimizer trains both.
 */
export interface Companion {
  readonly model: Model;
  /** Its trainable parameters, named `prefix.name`. */
  readonly owns: OwnedParameters;
  /** Values [n, …] of nodes of it, by id, for a batch of its first input. Gradients flow to its parameters and to the batch. Running statistics move along in training. */
  values(ids: readonly string[], input: tf.Tensor, context: LossContext): Record<string, tf.Tensor>;
  /** The network with what its owner's `afterTraining` received. */
  trained(owned: Readonly<Record<string, NDArray>>): Model;
}

/**
 * A companion; its running statistics start as the model's.
 * In `fit`, a prefix that another owner has is refused (`train/owned`).
 */
export function companion(model: Model, prefix: string): Companion {
  const own = (name: string): string => `${prefix}.${name}`;
  const trainable = Object.entries(model.parameters).filter(([, parameter]) => parameter.trainable);
  const statistics = new Map<string, Float32Array>();
  const owns = Object.fromEntries(trainable.map(([name, p]) => [own(name), { value: realValue(p), ...(p.mask && { mask: p.mask }) }]));
  const onStatistic = (name: string, value: tf.Tensor, momentum: number): void => {
    const batch = value.dataSync();
    const running = statistics.get(name) ?? Float32Array.from(realValue(model.parameters[name] as Model['parameters'][string]).data);
    statistics.set(
      name,
      running.map((old, i) => momentum * old + (1 - momentum) * (batch[i] as number)),
    );
  };
  return {
    model,
    owns,
    values(ids, input, { parameters, training = false }) {
      const used = Object.fromEntries(trainable.map(([name]) => [name, parameters[own(name)] as tf.Tensor]));
      return valuesOf(
        training ? model : withStatistics(model, statistics),
        { [firstInput(model).id]: input },
        { ids, parameters: used, training, ...(training && { onStatistic }) },
      );
    },
    trained: owned =>
      withParameters(
        withStatistics(model, statistics),
        Object.fromEntries(trainable.map(([name]) => [name, { value: owned[own(name)] as NDArray, quantization: undefined }])),
      ),
  };
}

function withStatistics(model: Model, statistics: ReadonlyMap<string, Float32Array>): Model {
  return withParameters(
    model,
    Object.fromEntries(
      [...statistics].map(([name, values]) => [name, { value: array(model.parameters[name]?.value.shape as number[], values) }]),
    ),
  );
}
