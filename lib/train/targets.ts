import { LabError } from '../tensor/errors.ts';
import { sameShape } from '../tensor/shape.ts';
import { tf } from '../tensor/tf.ts';
import { strayLabel } from '../tensor/top-class.ts';

/**
 * Targets of outputs [n, classes] as probabilities float32 [n, classes]: labels [n] (whole numbers, 0 … classes - 1), or probabilities already.
 * @throws LabError `train/loss` when outputs or targets have another shape, there is one class or no example; `train/label` for a label that is
 * none of the classes, and for rows that are no probabilities.
 */
export function classTargets(loss: string, outputs: tf.Tensor, targets: tf.Tensor): tf.Tensor {
  const [count = 0, classes = 0] = outputs.shape;
  if (outputs.rank !== 2 || count === 0) throw apart(loss, outputs, targets);
  if (classes < 2)
    throw new LabError(
      'train/loss',
      `${loss}: outputs [${outputs.shape.join(', ')}] have one class, whose probability is always 1.`,
      'For one logit take binaryCrossEntropy(), or give the model an output for each class.',
    );
  if (sameShape(outputs.shape, targets.shape)) return probabilities(loss, targets);
  if (targets.rank !== 1 || targets.shape[0] !== count) throw apart(loss, outputs, targets);
  const labels = targets.dataSync();
  const wrong = strayLabel(labels, classes);
  if (wrong < 0) return tf.oneHot(targets.toInt() as tf.Tensor1D, classes).toFloat();
  throw new LabError(
    'train/label',
    `${loss}: label ${labels[wrong]} is none of ${classes} classes.`,
    'Labels are whole numbers from 0; the model needs one output for each class.',
  );
}

/** Rows that sum to 1, up to what hand-written decimals leave out. */
function probabilities(loss: string, targets: tf.Tensor): tf.Tensor {
  const values = targets.dataSync();
  const classes = targets.shape[1] as number;
  for (let row = 0; row * classes < values.length; row++) {
    const all = values.subarray(row * classes, (row + 1) * classes) as Float32Array;
    const wrong = all.find(value => !(value >= 0 && value <= 1));
    const sum = all.reduce((total, value) => total + value, 0);
    if (wrong === undefined && Math.abs(sum - 1) <= 0.01) continue;
    throw new LabError(
      'train/label',
      `${loss}: the targets of example ${row} are no probabilities: ${wrong === undefined ? `their sum is ${sum}` : `one is ${wrong}`}.`,
      'Targets are labels [n], or rows [n, classes] of numbers from 0 to 1 that sum to 1.',
    );
  }
  return targets.toFloat();
}

/**
 * Targets as float32 values of the outputs' shape. Outputs with a last axis of 1 take targets without it; nothing else is stretched or reshaped.
 * @throws LabError `train/loss` for any other shape, or no example.
 */
export function valueTargets(loss: string, outputs: tf.Tensor, targets: tf.Tensor): tf.Tensor {
  const squeezed = outputs.shape.at(-1) === 1 ? outputs.shape.slice(0, -1) : outputs.shape;
  if (outputs.size > 0 && (sameShape(outputs.shape, targets.shape) || sameShape(squeezed, targets.shape)))
    return targets.toFloat().reshape(outputs.shape);
  throw apart(loss, outputs, targets);
}

/**
 * As `valueTargets`, of numbers from 0 to 1.
 * @throws LabError `train/label` for any other number.
 */
export function shareTargets(loss: string, outputs: tf.Tensor, targets: tf.Tensor): tf.Tensor {
  const shares = valueTargets(loss, outputs, targets);
  const wrong = shares.dataSync().find(value => !(value >= 0 && value <= 1));
  if (wrong === undefined) return shares;
  throw new LabError(
    'train/label',
    `${loss}: target ${wrong} does not lie from 0 to 1.`,
    'Targets are 0, 1 or a probability between them.',
  );
}

function apart(loss: string, outputs: tf.Tensor, targets: tf.Tensor): LabError {
  return new LabError(
    'train/loss',
    `${loss}: outputs [${outputs.shape.join(', ')}] and targets [${targets.shape.join(', ')}] do not go together.`,
    'Labels [n] need outputs [n, classes]; values need outputs of their own shape; a batch has an example or more.',
  );
}
