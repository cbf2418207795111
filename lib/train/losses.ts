import { LabError } from '../tensor/errors.ts';
import { tf } from '../tensor/tf.ts';
import type { Owner } from './owned.ts';

/** What a loss may look at besides the model's outputs and their targets: for distillation inputs and activations, for penalties the parameters. */
export interface LossContext {
  readonly inputs: tf.Tensor;
  /** The model's parameters as the forward pass used them, and those that the loss owns. */
  readonly parameters: Readonly<Record<string, tf.Tensor>>;
  /** By node id, what the nodes that the loss asked for gave in this very pass [n, …]; they live as long as the call. Gradients flow through them. */
  readonly activations: Readonly<Record<string, tf.Tensor>>;
}

/** What a loss asks of training, besides outputs and targets. */
export interface LossNeeds extends Owner {
  /** Ids of the nodes whose values it looks at: only these are kept. */
  readonly activations?: readonly string[];
}

/**
 * One number from a batch: outputs [n, …], and targets: labels int32 [n] or values of the outputs' shape. Gradients flow through it. Any function
 * of outputs and targets is one; `lossWith` makes one that needs more.
 */
export interface Loss extends LossNeeds {
  /** The loss of one batch; runs inside a tidy. */
  (outputs: tf.Tensor, targets: tf.Tensor, context: LossContext): tf.Scalar;
}

/**
 * A loss that looks at activations, or that has parameters of its own.
 * @example
 * // the last hidden layer is kept small
 * const loss = lossWith({ activations: ['relu-1'] }, (outputs, targets, context) =>
 *   tf.add(crossEntropy()(outputs, targets, context), tf.mean(tf.square(context.activations['relu-1']))));
 * const model = await fit(mlp({ hidden: [8] }), strokeGlyphs({ count: 64, seed: 1 }), { loss });
 */
export function lossWith(needs: LossNeeds, loss: (outputs: tf.Tensor, targets: tf.Tensor, context: LossContext) => tf.Scalar): Loss {
  return Object.assign((outputs: tf.Tensor, targets: tf.Tensor, context: LossContext) => loss(outputs, targets, context), needs);
}

/**
 * Softmax cross-entropy, mean over the batch: -Σ_c q_c log softmax(z)_c for outputs z [n, classes]. Targets are labels int32 [n] or probabilities
 * [n, classes]; smoothing s in [0, 1) mixes them with the uniform distribution: q = (1 - s) target + s / classes (Szegedy et al. 2016, §7).
 * @throws LabError `train/loss` for a smoothing outside [0, 1) or outputs that are not [n, classes], `train/label` for a label beyond them.
 */
export function crossEntropy(options: { readonly labelSmoothing?: number } = {}): Loss {
  const { labelSmoothing = 0 } = options;
  if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
    throw new LabError('train/loss', `labelSmoothing must lie in [0, 1); got ${labelSmoothing}.`, 'Usual is 0.1.');
  }
  return (outputs, targets) =>
    tf.tidy(() => {
      const [count, classes] = outputs.shape as [number, number];
      if (outputs.rank !== 2) throw fits('crossEntropy', outputs, targets);
      const hard = targets.rank === 1 ? oneHot(targets, classes) : targets;
      const aim =
        labelSmoothing === 0
          ? hard.toFloat()
          : hard
              .toFloat()
              .mul(1 - labelSmoothing)
              .add(labelSmoothing / classes);
      return tf
        .logSoftmax(outputs)
        .mul(aim)
        .sum()
        .mul(-1 / count)
        .asScalar();
    });
}

/** tf.oneHot makes a row of zeros from a label that is out of range, and the example would count for nothing. */
function oneHot(labels: tf.Tensor, classes: number): tf.Tensor {
  const wrong = labels.dataSync().find(label => !(label >= 0 && label < classes));
  if (wrong === undefined) return tf.oneHot(labels.toInt() as tf.Tensor1D, classes);
  throw new LabError(
    'train/label',
    `crossEntropy: label ${wrong} is none of ${classes} classes.`,
    'The model needs one output for each class.',
  );
}

/**
 * Mean squared error over all elements: mean((y - target)²); targets have the outputs' shape (or lack a last axis of 1).
 * @throws LabError `train/loss` when the shapes differ.
 */
export function meanSquaredError(): Loss {
  return (outputs, targets) =>
    tf.tidy(() => {
      if (outputs.size !== targets.size) throw fits('meanSquaredError', outputs, targets);
      return tf.squaredDifference(outputs, targets.toFloat().reshape(outputs.shape)).mean().asScalar();
    });
}

/**
 * Binary cross-entropy of logits z, mean over all elements: max(z, 0) - z t + log(1 + e^-|z|), for targets t from 0 to 1.
 * @throws LabError `train/loss` when the sizes differ.
 */
export function binaryCrossEntropy(): Loss {
  return (outputs, targets) =>
    tf.tidy(() => {
      if (outputs.size !== targets.size) throw fits('binaryCrossEntropy', outputs, targets);
      const t = targets.toFloat().reshape(outputs.shape);
      return tf
        .relu(outputs)
        .sub(outputs.mul(t))
        .add(tf.log1p(tf.exp(tf.neg(tf.abs(outputs)))))
        .mean()
        .asScalar();
    });
}

function fits(loss: string, outputs: tf.Tensor, targets: tf.Tensor): LabError {
  return new LabError(
    'train/loss',
    `${loss}: outputs [${outputs.shape.join(', ')}] and targets [${targets.shape.join(', ')}] do not go together.`,
    'Labels need outputs [n, classes]; values need outputs of their own shape.',
  );
}
