import { type ForwardOptions, forward } from '../model/forward.ts';
import type { Model } from '../model/model.ts';
import { LabError } from '../tensor/errors.ts';
import { tf } from '../tensor/tf.ts';
import type { NamedTensors } from './hooks.ts';
import type { Loss } from './losses.ts';

export interface LossPass extends Pick<ForwardOptions, 'training' | 'onStatistic'> {
  readonly loss: Loss;
  /** The model's parameters, and those that the loss owns. */
  readonly parameters: NamedTensors;
  /** Sees the outputs that the loss is taken of. */
  readonly onOutputs?: (outputs: tf.Tensor) => void;
}

/** The loss of one batch, in one forward pass. To be called inside a tidy. */
export function batchLoss(model: Model, { x, y }: { x: tf.Tensor; y: tf.Tensor }, pass: LossPass): tf.Scalar {
  const { loss, parameters, onOutputs, ...options } = pass;
  const wanted = new Set(loss.activations);
  const activations: Record<string, tf.Tensor> = {};
  const onActivation: ForwardOptions['onActivation'] = ({ id }, value) => {
    // a clone outlives the forward pass, and is ours to dispose, also where the node is the input
    if (wanted.has(id)) activations[id] = tf.keep(value.clone());
  };
  try {
    const outputs = forward(model, x, { ...options, parameters, ...(wanted.size > 0 && { onActivation }) });
    onOutputs?.(outputs);
    return loss(outputs, y, { inputs: x, parameters, activations });
  } finally {
    tf.dispose(activations);
  }
}

/**
 * Refuses a loss that looks at nodes which the model lacks.
 * @throws LabError `train/activation`.
 */
export function assertActivations({ name, nodes }: Model, { activations = [] }: Loss): void {
  const ids = nodes.map(({ id }) => id);
  const missing = activations.find(id => !ids.includes(id));
  if (missing === undefined) return;
  throw new LabError(
    'train/activation',
    `The loss looks at node ${missing}; model ${name} has none of that id.`,
    `It has: ${ids.join(', ')}.`,
  );
}
