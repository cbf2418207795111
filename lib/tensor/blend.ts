import { hasNativeOps } from './native-ops.ts';
import { attribute, runOps } from './run-op.ts';
import { tf } from './tf.ts';

/** momentum · old + (1 − momentum) · now, for many pairs of float32 tensors of the same shape in a few ops; to be called inside a tidy. */
export function blendAll(old: readonly tf.Tensor[], now: readonly tf.Tensor[], momentum: number): tf.Tensor[] {
  if (old.length === 0) return [];
  return hasNativeOps ? nativeBlend(old, now, momentum) : composedBlend(old, now, momentum);
}

function nativeBlend(old: readonly tf.Tensor[], now: readonly tf.Tensor[], momentum: number): tf.Tensor[] {
  return runOps('TinylabBlend', [tf.scalar(momentum), ...old, ...now], {
    attributes: [attribute.int('N', old.length)],
    outputs: old.length,
  });
}

/** All laid end to end, so that they take six ops and not six each. */
export function composedBlend(old: readonly tf.Tensor[], now: readonly tf.Tensor[], momentum: number): tf.Tensor[] {
  const flat = (tensors: readonly tf.Tensor[]): tf.Tensor => tf.concat(tensors.map(tensor => tensor.as1D()));
  const moved = tf.add(tf.mul(flat(old), momentum), tf.mul(flat(now), 1 - momentum));
  const parts = tf.split(
    moved,
    old.map(({ size }) => size),
  );
  return parts.map((part, i) => part.reshape((old[i] as tf.Tensor).shape));
}
