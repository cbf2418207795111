import { fusedHere } from './fused-here.ts';
import { threadsAttribute } from './native-ops.ts';
import { registerGradient, registerKernel, runKernel } from './register.ts';
import { attribute, type OpAttribute, runOps } from './run-op.ts';
import { assertShape } from './shape.ts';
import { tf } from './tf.ts';

/** What layer normalisation computes with. */
export interface LayerNormOptions {
  /** A factor for each channel. */
  readonly gamma: tf.Tensor1D;
  /** An offset for each channel. */
  readonly beta: tf.Tensor1D;
  /** Added to the variance. */
  readonly epsilon: number;
}

const name = 'TinylabLayerNorm';

const attributesOf = (epsilon: number): OpAttribute[] => [attribute.float('epsilon', epsilon), threadsAttribute];

registerKernel<{ epsilon: number }>(name, ({ x, gamma, beta }, { epsilon }) =>
  runOps(name, [x, gamma, beta] as tf.Tensor[], { attributes: attributesOf(epsilon), outputs: 3 }),
);

registerGradient<tf.Tensor[], { epsilon: number }>(
  name,
  { inputs: ['x', 'gamma'], outputs: [false, true, true] },
  ([dy], saved, { epsilon }) => {
    const made = runOps('TinylabLayerNormGrad', [dy as tf.Tensor, ...saved], { attributes: attributesOf(epsilon), outputs: 3 });
    const [dx, dGamma, dBeta] = made as [tf.Tensor, tf.Tensor, tf.Tensor];
    return { x: () => dx, gamma: () => dGamma, beta: () => dBeta };
  },
);

/** As TensorFlow composes it: with gradients of every order. */
export function composedLayerNorm(x: tf.Tensor, { gamma, beta, epsilon }: LayerNormOptions): tf.Tensor {
  const { mean, variance } = tf.moments(x, -1, true);
  const normal = tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, epsilon)));
  return tf.add(tf.mul(normal, gamma), beta);
}

/**
 * Layer normalisation over the last axis: y = γ · (x - μ) / √(σ² + ε) + β, with μ and σ² (divided by the number of channels) of each position. A value that is not
 * finite spoils its position and no other. Gradients of every order. Ba, Kiros and Hinton 2016.
 * @throws LabError `shape/mismatch` unless γ and β have a value for each channel.
 */
export function layerNorm(x: tf.Tensor, options: LayerNormOptions): tf.Tensor {
  const { gamma, beta, epsilon } = options;
  for (const [role, { shape }] of Object.entries({ gamma, beta })) assertShape(`layerNorm, ${role}`, x.shape.slice(-1), shape);
  if (!fusedHere([x, gamma, beta])) return composedLayerNorm(x, options);
  return runKernel<tf.Tensor[]>(name, { x, gamma, beta }, { epsilon })[0] as tf.Tensor;
}
