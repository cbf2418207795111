import type { Rectifier } from '../rectifier.ts';
import { registerGradient, registerKernel, runKernel } from '../register.ts';
import { attribute, runOps } from '../run-op.ts';
import { tf } from '../tfjs.ts';
import type { InferenceOptions, TrainingOptions } from './options.ts';

// By TensorFlow's own ops, the rectifier as an op behind them: where the compute kernels are not TensorFlow ops, and for gradients of gradients.

const training = 'BatchNormTraining';

type Attributes = Pick<TrainingOptions, 'epsilon'>;

/** The native op takes [n, h, w, c]; to it, every axis but the last is a batch of samples anyway. */
const asImages = (x: tf.Tensor): tf.Tensor => (x.rank === 4 ? x : tf.reshape(x, [-1, 1, 1, x.shape.at(-1) as number]));
const shaped = (y: tf.Tensor, like: tf.Tensor): tf.Tensor => (like.rank === 4 ? y : tf.reshape(y, like.shape));
const rectified = (y: tf.Tensor, rectifier?: Rectifier): tf.Tensor => (rectifier ? tf[rectifier](y) : y);

const opAttributes = ({ epsilon }: Attributes) => [attribute.float('epsilon', epsilon), attribute.bool('is_training', true)];

registerKernel<Attributes>(training, (tensors, attributes) =>
  tf.tidy(() => {
    const { x, gamma, beta } = tensors as { x: tf.Tensor; gamma: tf.Tensor; beta: tf.Tensor };
    const running = tf.tensor1d([]);
    const inputs = [asImages(x), gamma, beta, running, running];
    // Outputs 1 and 2 are meant for running statistics (the variance is the unbiased one); 3 and 4 are what the gradient needs.
    const [y, , unbiased, mean, variance] = runOps('FusedBatchNormV3', inputs, { attributes: opAttributes(attributes), outputs: 6 });
    return [shaped(y as tf.Tensor, x), mean, variance, unbiased] as tf.Tensor[];
  }),
);

registerGradient<tf.Tensor[], Attributes>(
  training,
  { inputs: ['x', 'gamma'], outputs: [false, true, true], first: true },
  (dys, saved, attributes) => {
    const [x, gamma, mean, variance] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
    const [dx, dGamma, dBeta] = tf.tidy(() => {
      const inputs = [asImages(dys[0] as tf.Tensor), asImages(x), gamma, mean, variance, tf.tensor1d([])];
      const gradients = runOps('FusedBatchNormGradV3', inputs, { attributes: opAttributes(attributes), outputs: 5 });
      return [shaped(gradients[0] as tf.Tensor, x), gradients[1], gradients[2]] as tf.Tensor[];
    }) as [tf.Tensor, tf.Tensor, tf.Tensor];
    return { x: () => dx, gamma: () => dGamma, beta: () => dBeta };
  },
);

/** [y, mean, variance, unbiased variance] of this batch. */
export function composedTraining(x: tf.Tensor, { gamma, beta, epsilon, rectifier }: TrainingOptions): tf.Tensor[] {
  const [y, ...statistics] = runKernel<tf.Tensor[]>(training, { x, gamma, beta }, { epsilon });
  return [rectified(y as tf.Tensor, rectifier), ...statistics];
}

/** y by statistics that are given, with gradients of every order. */
export function composedInference(x: tf.Tensor, { gamma, beta, mean, variance, epsilon, rectifier }: InferenceOptions): tf.Tensor {
  const [m, v, b, g] = [mean, variance, beta, gamma] as [tf.Tensor1D, tf.Tensor1D, tf.Tensor1D, tf.Tensor1D];
  return rectified(shaped(tf.batchNorm(asImages(x), m, v, b, g, epsilon), x), rectifier);
}
