import { array, type NDArray } from '../../tensor/array.ts';
import { scope } from '../../tensor/scope.ts';
import { tf } from '../../tensor/tf.ts';
import { upload } from '../../tensor/upload.ts';

/** XᵀX / N [K, K], row-major, and how many columns it is multiplied with. */
export interface Gram {
  readonly gram: Float64Array;
  readonly rows: number;
  readonly columns: number;
}

const grams = new WeakMap<Float64Array, NDArray>();

/** G · W for weights [K, F]: small ones in double precision, large ones in float32 by TensorFlow. */
export function gramProduct({ gram, rows, columns }: Gram, weights: Float64Array): ArrayLike<number> {
  if (rows * rows * columns > 100_000) {
    const matrix = grams.get(gram) ?? array([rows, rows], Float32Array.from(gram));
    grams.set(gram, matrix);
    return scope(() => tf.matMul(upload(matrix) as tf.Tensor2D, tf.tensor2d(Float32Array.from(weights), [rows, columns])).dataSync());
  }
  const product = new Float64Array(weights.length);
  for (let i = 0; i < rows; i++)
    for (let k = 0; k < rows; k++) {
      const factor = gram[i * rows + k];
      if (factor !== 0) for (let f = 0; f < columns; f++) product[i * columns + f] += factor * weights[k * columns + f];
    }
  return product;
}
