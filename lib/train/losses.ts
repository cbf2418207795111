import type { NDArray } from '../tensor/array.ts';
import { labelledCrossEntropy } from '../tensor/cross-entropy.ts';
import { LabError } from '../tensor/errors.ts';
import { firstNotFinite } from '../tensor/finite.ts';
import { tf } from '../tensor/tf.ts';
import type { Owner } from './owned.ts';
import { classTargets, shareTargets, valueTargets } from './targets.ts';
import { weighted } from './weighted.ts';

/** How far a run is. */
export interface RunProgress {
  /** Updates that are behind. */
  readonly step: number;
  /** Updates in the whole run. */
  readonly steps: number;
}

/** Which examples a batch holds. */
export interface BatchSource {
  /** All inputs that the batches are drawn from: the very array that the caller gave. */
  readonly inputs: NDArray;
  /** Their rows in this batch, in order. */
  readonly indices: ArrayLike<number>;
  /** Whether the batch's inputs were changed on their way here (`augment`). */
  readonly augmented: boolean;
}

/** What a loss may look at besides the model's outputs and their targets: for distillation inputs and activations, for penalties the parameters. */
export interface LossContext {
  readonly inputs: tf.Tensor;
  /** The model's parameters as the forward pass used them, and those that the loss owns. */
  readonly parameters: Readonly<Record<string, tf.Tensor>>;
  /** By node id, what the nodes that the loss asked for gave in this very pass [n, …]; they live as long as the call. Gradients flow through them. */
  readonly activations: Readonly<Record<string, tf.Tensor>>;
  /** Which examples these are; `fit` and `gradients` say it, and a loss that is called by hand may lack it. */
  readonly source?: BatchSource;
  /** Whether this pass trains: not while a validation set or a gradient is looked at in inference mode. */
  readonly training?: boolean;
  /** How far training is, for weights that change on the way; absent outside of `fit`. */
  readonly progress?: RunProgress;
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
 * Softmax cross-entropy, mean over the batch: -Σ_c q_c log softmax(z)_c for outputs z [n, classes]. Targets are labels [n] or probabilities
 * [n, classes]; smoothing s in [0, 1) mixes them with the uniform distribution: q = (1 - s) target + s / classes (Szegedy et al. 2016, §7).
 * A logit of -Infinity rules its class out: where q is 0 it adds nothing (0 log 0 = 0), and smoothing spreads over the other classes.
 * @throws LabError `train/loss` for a smoothing outside [0, 1), outputs that are not [n, classes], one class, or targets of another shape;
 * `train/label` for a label that is none of the classes, or targets that are no probabilities.
 */
export function crossEntropy(options: { readonly labelSmoothing?: number } = {}): Loss {
  const { labelSmoothing = 0 } = options;
  if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
    throw new LabError('train/loss', `labelSmoothing must lie in [0, 1); got ${labelSmoothing}.`, 'Usual is 0.1.');
  }
  return (outputs, targets) =>
    tf.tidy(() => {
      const whole = labelledCrossEntropy(outputs, targets, labelSmoothing);
      if (whole) return whole;
      const hard = classTargets('crossEntropy', outputs, targets);
      const aim = labelSmoothing === 0 ? hard : hard.mul(1 - labelSmoothing).add(uniform(outputs).mul(labelSmoothing));
      return weighted(aim, tf.logSoftmax(outputs))
        .sum()
        .mul(-1 / (outputs.shape[0] as number))
        .asScalar();
    });
}

/** The uniform distribution over the classes of each row that are not ruled out. */
function uniform(outputs: tf.Tensor): tf.Tensor {
  const [count, classes] = outputs.shape as [number, number];
  const logits = outputs.dataSync();
  if (firstNotFinite(logits) < 0) return tf.fill([count, classes], 1 / classes);
  const shares = new Float32Array(logits.length);
  for (let row = 0; row < count; row++) {
    const open = logits.subarray(row * classes, (row + 1) * classes).filter(logit => logit !== Number.NEGATIVE_INFINITY).length;
    for (let at = row * classes; at < (row + 1) * classes; at++) shares[at] = logits[at] === Number.NEGATIVE_INFINITY ? 0 : 1 / open;
  }
  return tf.tensor(shares, [count, classes]);
}

/**
 * Mean squared error over all elements: mean((y - target)²); targets have the outputs' shape (or lack a last axis of 1).
 * @throws LabError `train/loss` for targets of another shape.
 */
export function meanSquaredError(): Loss {
  return (outputs, targets) =>
    tf.tidy(() =>
      tf
        .squaredDifference(outputs, valueTargets('meanSquaredError', outputs, targets))
        .mean()
        .asScalar(),
    );
}

/**
 * Binary cross-entropy of logits z, mean over all elements: t · log(1 + e^-z) + (1 - t) · log(1 + e^z), for targets t from 0 to 1, of the outputs'
 * shape (or without a last axis of 1). An infinite logit on the right side of its target adds nothing.
 * @throws LabError `train/loss` for targets of another shape, `train/label` for targets that do not lie from 0 to 1.
 */
export function binaryCrossEntropy(): Loss {
  return (outputs, targets) =>
    tf.tidy(() => {
      const t = shareTargets('binaryCrossEntropy', outputs, targets);
      return weighted(t, tf.softplus(tf.neg(outputs)))
        .add(weighted(tf.sub(1, t), tf.softplus(outputs)))
        .mean()
        .asScalar();
    });
}
