import type { NDArray } from '../../tensor/array.ts';
import { scope } from '../../tensor/scope.ts';
import { tf } from '../../tensor/tf.ts';

/**
 * AᵀB / N over these columns of two float32 arrays [N, width], row-major [K, K]: products of columns in float32, over 1,024 rows at a time, and
 * sums of these in double precision.
 */
export function crossMoments(a: NDArray, b: NDArray, columns: Int32Array): Float64Array {
  const size = columns.length;
  const [count = 0] = a.shape;
  const sum = new Float64Array(size * size);
  for (let from = 0; from < count; from += 1024) {
    const to = Math.min(count, from + 1024);
    const part = scope(() => {
      const left = rowsOf(a, columns, { from, to });
      const right = a === b ? left : rowsOf(b, columns, { from, to });
      return tf.matMul(left, right, true, false).dataSync();
    });
    for (let i = 0; i < sum.length; i++) sum[i] += (part[i] as number) / count;
  }
  return sum;
}

function rowsOf({ shape, data }: NDArray, columns: Int32Array, { from, to }: { from: number; to: number }): tf.Tensor2D {
  const [, width = 0] = shape;
  const picked = new Float32Array((to - from) * columns.length);
  for (let row = from, i = 0; row < to; row++) for (const column of columns) picked[i++] = data[row * width + column] as number;
  return tf.tensor2d(picked, [to - from, columns.length]);
}
