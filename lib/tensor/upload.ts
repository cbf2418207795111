import { allocate, array, type NDArray, type TypedArray } from './array.ts';
import { LabError } from './errors.ts';
import { fingerprint } from './fingerprint.ts';
import { elementsOf } from './pack.ts';
import { tf } from './tf.ts';

// Keyed by the wrapper, never by its typed array: the native side may hold on to a typed array for as long as the tensor lives.
const cache = new WeakMap<NDArray, { readonly tensor: tf.Tensor; readonly print: number }>();
const cached = new Set<tf.Tensor>();
const registry = new FinalizationRegistry<tf.Tensor>(release);

function release(tensor: tf.Tensor): void {
  cached.delete(tensor);
  tensor.dispose();
}

/** Number of tensors that the upload cache holds on to. */
export function cachedTensors(): number {
  return cached.size;
}

/**
 * The array as a tensor of its shape: float32, int32 and bool as they are, int8, uint8 and int4 as int32. The same array object is
 * uploaded once, and again after somebody wrote into it; the caller gets a tensor of its own, to dispose or to leave to a scope.
 */
export function upload(a: NDArray): tf.Tensor {
  const known = cache.get(a);
  const print = fingerprint(a);
  if (known && !known.tensor.isDisposed && known.print === print) return known.tensor.clone();
  if (known) {
    registry.unregister(a);
    release(known.tensor);
  }
  const tensor = tf.keep(tf.tensor(widened(a), [...a.shape], a.dtype === 'float32' || a.dtype === 'bool' ? a.dtype : 'int32'));
  cache.set(a, { tensor, print });
  cached.add(tensor);
  registry.register(a, tensor, a);
  return tensor.clone();
}

function widened(a: NDArray): TypedArray {
  const narrow = a.dtype === 'int4' || a.dtype === 'int8' || a.dtype === 'uint8';
  return narrow ? new Int32Array(elementsOf(a)) : a.data;
}

/**
 * A copy of the tensor's values as an array; the tensor is not disposed.
 * @throws LabError `tensor/dtype` for string and complex tensors.
 */
export function download(t: tf.Tensor): NDArray {
  if (t.dtype !== 'float32' && t.dtype !== 'int32' && t.dtype !== 'bool') {
    throw new LabError('tensor/dtype', `A ${t.dtype} tensor cannot become an array.`, 'Convert it first, for example with tf.real(t).');
  }
  // A tensor that no op has used yet hands out the very array it was made from.
  const data = allocate(t.dtype, t.size);
  data.set(t.dataSync());
  return array(t.shape, data, t.dtype);
}

/** Like `download`, after giving the event loop a turn. */
export async function downloadAsync(t: tf.Tensor): Promise<NDArray> {
  await t.data();
  return download(t);
}
