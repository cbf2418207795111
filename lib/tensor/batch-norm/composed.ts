import { attribute, runOps } from '../run-op.ts';
import { tf } from '../tfjs.ts';
import type { Attributes, Implementation } from './implementation.ts';

/** The native op takes [n, h, w, c]; to it, every axis but the last is a batch of samples anyway. */
const asImages = (x: tf.Tensor): tf.Tensor => (x.rank === 4 ? x : tf.reshape(x, [-1, 1, 1, x.shape.at(-1) as number]));
const shaped = (y: tf.Tensor, like: tf.Tensor): tf.Tensor => (like.rank === 4 ? y : tf.reshape(y, like.shape));

function rectified(y: tf.Tensor, { low, high }: Attributes): tf.Tensor {
  if (low === Number.NEGATIVE_INFINITY && high === Number.POSITIVE_INFINITY) return y;
  return tf.minimum(tf.maximum(y, low), high);
}

/** y before the rectifier: γ · (x − mean) / √(variance + ε) + β. */
const normalised: Implementation['inference'] = (x, { gamma, beta, mean, variance }, { epsilon }) =>
  shaped(tf.batchNorm(asImages(x), mean as tf.Tensor1D, variance as tf.Tensor1D, beta as tf.Tensor1D, gamma as tf.Tensor1D, epsilon), x);

/** dy where the rectifier lets it through. */
function passed(dy: tf.Tensor, y: tf.Tensor, { low, high }: Attributes): tf.Tensor {
  if (low === Number.NEGATIVE_INFINITY && high === Number.POSITIVE_INFINITY) return dy;
  return tf.where(tf.logicalAnd(tf.greater(y, low), tf.less(y, high)), dy, tf.zerosLike(dy));
}

/** By TensorFlow's own ops, where the compute kernels are not built. */
export const composedBatchNorm: Implementation = {
  training: (x, { gamma, beta }, attributes) =>
    tf.tidy(() => {
      const running = tf.tensor1d([]);
      // Outputs 1 and 2 are meant for running statistics (the variance is the unbiased one); 3 and 4 are what the gradient needs.
      const [y, , unbiased, mean, variance] = runOps('FusedBatchNormV3', [asImages(x), gamma, beta, running, running], {
        attributes: [attribute.float('epsilon', attributes.epsilon), attribute.bool('is_training', true)],
        outputs: 6,
      });
      return [rectified(shaped(y as tf.Tensor, x), attributes), mean, variance, unbiased] as tf.Tensor[];
    }),
  inference: (x, channels, attributes) => tf.tidy(() => rectified(normalised(x, channels, attributes), attributes)),
  gradient: (dy, x, { attributes, inference, ...channels }) =>
    tf.tidy(() => {
      const { gamma, mean, variance } = channels;
      const g = passed(dy, normalised(x, channels, attributes), attributes);
      const gradients = runOps('FusedBatchNormGradV3', [asImages(g), asImages(x), gamma, mean, variance, tf.tensor1d([])], {
        attributes: [attribute.float('epsilon', attributes.epsilon), attribute.bool('is_training', !inference)],
        outputs: 5,
      });
      return [shaped(gradients[0] as tf.Tensor, x), gradients[1], gradients[2]] as tf.Tensor[];
    }),
};
