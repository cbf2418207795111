import { fusedHere } from './fused-here.ts';
import { threadsAttribute } from './native-ops.ts';
import { attribute, type OpAttribute, runOps } from './run-op.ts';
import { tf } from './tf.ts';

const attributesOf = (smoothing: number): OpAttribute[] => [attribute.float('smoothing', smoothing), threadsAttribute];

/** What was counted along with a loss, as long as the outputs live. */
const counts = new WeakMap<tf.Tensor, { readonly labels: tf.Tensor; readonly correct: number }>();

/** How many rows of the outputs have their highest value at their label (the first of equals), where a loss of both has counted already. */
export function countedCorrect(outputs: tf.Tensor, labels: tf.Tensor): number | undefined {
  const count = counts.get(outputs);
  return count?.labels === labels ? count.correct : undefined;
}

/**
 * Softmax cross-entropy of outputs float32 [n, classes] and labels int32 [n], mean over the batch, in one op with its gradient: for targets
 * (1 - smoothing) · (1 at the label) + smoothing / classes. Undefined where it is for others to say what holds: without compute kernels, under a gradient of a
 * gradient, for other shapes, for a label that is no class, and where some output is not finite. To be called inside a tidy.
 */
export function labelledCrossEntropy(outputs: tf.Tensor, labels: tf.Tensor, smoothing: number): tf.Scalar | undefined {
  const [count, classes = 0] = outputs.shape;
  const fits = outputs.rank === 2 && classes >= 2 && labels.rank === 1 && labels.shape[0] === count && labels.dtype === 'int32';
  if (!fits || !fusedHere([outputs])) return undefined;
  const [loss, gradient, facts] = runOps('TinylabCrossEntropy', [outputs, labels], { attributes: attributesOf(smoothing), outputs: 3 });
  const [correct, finite, stray] = (facts as tf.Tensor).dataSync() as Float32Array;
  if (finite !== 1 || stray !== -1) return undefined;
  counts.set(outputs, { labels, correct: correct as number });
  return onTape(outputs, loss as tf.Scalar, gradient as tf.Tensor);
}

/** The loss as a function of the outputs, with the gradient that is known already. */
function onTape(outputs: tf.Tensor, loss: tf.Scalar, gradient: tf.Tensor): tf.Scalar {
  const given = tf.customGrad((...args: (tf.Tensor | tf.GradSaveFunc)[]) => {
    (args[1] as tf.GradSaveFunc)([gradient]);
    return { value: loss.clone(), gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.mul(saved[0] as tf.Tensor, dy) };
  });
  return given(outputs) as tf.Scalar;
}
