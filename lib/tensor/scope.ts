import { LabError } from './errors.ts';
import { tf } from './tf.ts';
import { cachedTensors } from './upload.ts';

/**
 * Runs `fn` and disposes the tensors it made, except those in its result (a tensor, or lists and objects of tensors).
 * @throws LabError `tensor/async-scope` when `fn` returns a promise: what runs after an await would be outside the scope.
 */
export function scope<T>(fn: () => T): T {
  const engine = tf.engine();
  let kept: tf.Tensor[] = [];
  engine.startScope('scope');
  try {
    const result = fn();
    if (typeof (result as { then?: unknown } | undefined)?.then === 'function') {
      throw new LabError(
        'tensor/async-scope',
        'scope() got an async function.',
        'Await outside, and put only the numeric part in scope().',
      );
    }
    kept = tensorsIn(result);
    return result;
  } finally {
    engine.endScope(kept);
  }
}

function tensorsIn(value: unknown): tf.Tensor[] {
  if (value instanceof tf.Tensor) return [value];
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return [];
  return Object.values(value).flatMap(tensorsIn);
}

/** Number of live tensors, without those that the upload cache holds: the same before and after code that leaks nothing. */
export function tensorCount(): number {
  return tf.memory().numTensors - cachedTensors();
}
