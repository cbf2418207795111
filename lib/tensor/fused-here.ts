import { hasNativeOps } from './native-ops.ts';
import { tf } from './tfjs.ts';

/**
 * Whether an op of our own, whose gradient has none, may stand for what TensorFlow composes: the tensors are float32 and hold something, and no gradient is
 * taken of a gradient.
 */
export function fusedHere(tensors: readonly tf.Tensor[]): boolean {
  if (!hasNativeOps) return false;
  const { gradientDepth } = tf.engine().state as unknown as { gradientDepth: number };
  return gradientDepth <= 1 && tensors.every(({ dtype, size }) => dtype === 'float32' && size > 0);
}
