import { tf } from './tf.ts';

interface Engine {
  readonly state: { kernelDepth: number };
  scopedRun<T>(start: () => void, end: () => void, f: () => T): T;
}

/**
 * What `f` computes, as constants: no gradient flows through it, and nothing of it is kept for a way back. Everything but the results is disposed.
 */
export function untaped<T extends tf.TensorContainer>(f: () => T): T {
  const { state, scopedRun } = tf.engine() as unknown as Engine;
  // the tape records what is called from outside of any op
  const start = (): void => void state.kernelDepth++;
  const end = (): void => void state.kernelDepth--;
  return tf.tidy(() => scopedRun.call(tf.engine(), start, end, f) as T);
}

/** The same values, through which no gradient flows: an aim that does not follow. */
export const constant = (value: tf.Tensor): tf.Tensor => untaped(() => value.clone());
