import { threadsAttribute } from '../native-ops.ts';
import { endsOf, type Rectifier } from '../rectifier.ts';
import { registerGradient, registerKernel, runKernel } from '../register.ts';
import { attribute, type OpAttribute, runOp, runOps } from '../run-op.ts';
import { tf } from '../tfjs.ts';
import type { InferenceOptions, TrainingOptions } from './options.ts';

// By the kernels in kernels/compute/batch-norm: statistics, normalisation and rectifier in two passes over x, the gradient in two more.

type Attributes = Pick<TrainingOptions, 'epsilon' | 'rectifier'>;

const training = 'TinylabBatchNorm';
const inference = 'TinylabBatchNormInference';

function attributesOf({ epsilon, rectifier }: Attributes): OpAttribute[] {
  const { low, high } = endsOf(rectifier as Rectifier | undefined);
  return [attribute.float('epsilon', epsilon), attribute.float('low', low), attribute.float('high', high), threadsAttribute];
}

/** [dx, dγ, dβ] by the gradient op of this name, of saved [x, γ, β, mean, variance]. */
const gradients = (op: string, inputs: readonly tf.Tensor[], attributes: Attributes): [tf.Tensor, tf.Tensor, tf.Tensor] =>
  runOps(`${op}Grad`, inputs, { attributes: attributesOf(attributes), outputs: 3 }) as [tf.Tensor, tf.Tensor, tf.Tensor];

registerKernel<Attributes>(training, ({ x, gamma, beta }, attributes) =>
  runOps(training, [x, gamma, beta] as tf.Tensor[], { attributes: attributesOf(attributes), outputs: 4 }),
);

registerGradient<tf.Tensor[], Attributes>(
  training,
  { inputs: ['x', 'gamma', 'beta'], outputs: [false, true, true], first: true },
  ([dy], saved, attributes) => {
    const [dx, dGamma, dBeta] = gradients(training, [dy as tf.Tensor, ...saved], attributes);
    return { x: () => dx, gamma: () => dGamma, beta: () => dBeta };
  },
);

registerKernel<Attributes>(inference, ({ x, gamma, beta, mean, variance }, attributes) =>
  runOp(inference, [x, gamma, beta, mean, variance] as tf.Tensor[], attributesOf(attributes)),
);

registerGradient<tf.Tensor, Attributes>(inference, { inputs: ['x', 'gamma', 'beta', 'mean', 'variance'] }, (dy, saved, attributes) => {
  const [, gamma, , , variance] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
  const [dx, dGamma, dBeta] = gradients(inference, [dy, ...saved], attributes);
  const squared = (): tf.Tensor => tf.add(variance, attributes.epsilon);
  return {
    x: () => dx,
    gamma: () => dGamma,
    beta: () => dBeta,
    mean: () => tf.neg(tf.div(tf.mul(gamma, dBeta), tf.sqrt(squared()))),
    variance: () => tf.mul(tf.div(tf.mul(gamma, dGamma), squared()), -0.5),
  };
});

/** [y, mean, variance, unbiased variance] of this batch. */
export const nativeTraining = (x: tf.Tensor, { gamma, beta, epsilon, rectifier }: TrainingOptions): tf.Tensor[] =>
  runKernel<tf.Tensor[]>(training, { x, gamma, beta }, { epsilon, rectifier });

/** y by statistics that are given. */
export const nativeInference = (x: tf.Tensor, { gamma, beta, mean, variance, epsilon, rectifier }: InferenceOptions): tf.Tensor =>
  runKernel<tf.Tensor>(inference, { x, gamma, beta, mean, variance }, { epsilon, rectifier });
