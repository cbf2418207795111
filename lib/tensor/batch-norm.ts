import { registerGradient, registerKernel, runKernel } from './register.ts';
import { attribute, runOps } from './run-op.ts';
import { assertShape } from './shape.ts';
import { tf } from './tfjs.ts';

const kernelName = 'BatchNormTraining';

interface Attributes {
  readonly epsilon: number;
}

/** The native op takes [n, h, w, c]; to it, every axis but the last is a batch of samples anyway. */
function asImages(x: tf.Tensor): tf.Tensor {
  return x.rank === 4 ? x : tf.reshape(x, [-1, 1, 1, x.shape.at(-1) as number]);
}

const shaped = (y: tf.Tensor, like: tf.Tensor): tf.Tensor => (like.rank === 4 ? y : tf.reshape(y, like.shape));

const opAttributes = ({ epsilon }: Attributes) => [attribute.float('epsilon', epsilon), attribute.bool('is_training', true)];

registerKernel<Attributes>(kernelName, (tensors, attributes) =>
  tf.tidy(() => {
    const { x, gamma, beta } = tensors as { x: tf.Tensor; gamma: tf.Tensor; beta: tf.Tensor };
    const running = tf.tensor1d([]);
    const inputs = [asImages(x), gamma, beta, running, running];
    // Outputs 1 and 2 are meant for running statistics (the variance is the unbiased one); 3 and 4 are what the gradient needs.
    const [y, , , mean, variance] = runOps('FusedBatchNormV3', inputs, { attributes: opAttributes(attributes), outputs: 6 });
    return [shaped(y as tf.Tensor, x), mean, variance] as tf.Tensor[];
  }),
);

registerGradient<tf.Tensor[], Attributes>(
  kernelName,
  { inputs: ['x', 'gamma'], outputs: [false, true, true] },
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

/** What batch normalisation gives in training: y in the shape of x, and the batch's own statistics, one value a channel. */
export interface BatchNormResult {
  readonly y: tf.Tensor;
  readonly mean: tf.Tensor1D;
  readonly variance: tf.Tensor1D;
}

/**
 * Batch normalisation in training over all axes but the last: y = γ · (x - μ) / √(σ² + ε) + β, with μ and σ² (divided by the count n, not
 * n - 1) of this batch. Gradients flow through y to x, γ and β; the returned statistics carry none. Ioffe and Szegedy 2015.
 * @throws LabError `shape/mismatch` unless γ and β have a value for each channel.
 */
export function batchNormTraining(
  x: tf.Tensor,
  { gamma, beta, epsilon = 1e-3 }: { gamma: tf.Tensor; beta: tf.Tensor; epsilon?: number },
): BatchNormResult {
  for (const [name, { shape }] of Object.entries({ gamma, beta })) assertShape(`batchNormTraining, ${name}`, x.shape.slice(-1), shape);
  const [y, mean, variance] = runKernel<tf.Tensor[]>(kernelName, { x, gamma, beta }, { epsilon });
  return { y, mean, variance } as BatchNormResult;
}

/**
 * Batch normalisation with statistics that are given, over all axes but the last: y = γ · (x - μ) / √(σ² + ε) + β. Of any rank, as in training.
 */
export function batchNormWith(
  x: tf.Tensor,
  {
    mean,
    variance,
    gamma,
    beta,
    epsilon = 1e-3,
  }: { mean: tf.Tensor; variance: tf.Tensor; gamma: tf.Tensor; beta: tf.Tensor; epsilon?: number },
): tf.Tensor {
  return shaped(
    tf.batchNorm(asImages(x), mean as tf.Tensor1D, variance as tf.Tensor1D, beta as tf.Tensor1D, gamma as tf.Tensor1D, epsilon),
    x,
  );
}
