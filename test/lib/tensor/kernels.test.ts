import { describe, expect, it } from 'vitest';
import { tf } from '../../../lib/tensor/tf.ts';
import { guardAgainstLeaks } from './leak-guard.ts';

guardAgainstLeaks();

describe('round', () => {
  it('leaves whole numbers alone and rounds halves to even', () => {
    tf.tidy(() => {
      expect([...tf.round(tf.tensor1d([-7, 0, 12345678], 'int32')).dataSync()]).toEqual([-7, 0, 12345678]);
      expect([...tf.round(tf.tensor1d([-1.5, -0.5, 0.5, 1.5, 2.4])).dataSync()]).toEqual([-2, -0, 0, 2, 2]);
    });
  });
});

describe('kernels that tfjs-node lacks', () => {
  it('there is none that the CPU backend has and ours has not', () => {
    const missing = tf.getKernelsForBackend('cpu').filter(({ kernelName }) => !tf.getKernel(kernelName, 'tensorflow'));
    expect(tf.getKernelsForBackend('cpu').length).toBeGreaterThan(150);
    expect(missing).toEqual([]);
  });

  it('numbers go there and back', () => {
    tf.tidy(() => {
      const sorted = tf.tensor1d([1, 3, 5]).mul(2);
      expect([...tf.searchSorted(sorted, tf.tensor1d([5, 6, 11])).dataSync()]).toEqual([1, 1, 3]);
      expect([...tf.denseBincount(tf.tensor1d([1, 1, 3], 'int32'), tf.tensor1d([]), 4).dataSync()]).toEqual([0, 2, 0, 1]);
      expect([
        ...tf
          .bitwiseAnd(tf.tensor1d([6, 5], 'int32'), tf.tensor1d([3, 12], 'int32'))
          .add(1)
          .dataSync(),
      ]).toEqual([3, 5]);
    });
  });

  it('strings, lists of tensors and several outputs go there and back', () => {
    tf.tidy(() => {
      const { indices, values, shape } = tf.string.stringSplit(tf.tensor1d(['ab c', 'd']), ' ');
      expect(values?.dataSync()).toEqual(['ab', 'c', 'd']);
      expect([...(indices?.dataSync() ?? [])]).toEqual([0, 0, 0, 1, 1, 0]);
      expect([...(shape?.dataSync() ?? [])]).toEqual([2, 2]);
    });
  });

  it('an error of the kernel arrives, and leaves nothing behind', () => {
    expect(() => tf.tidy(() => tf.sparse.sparseSegmentSum(tf.ones([2, 2]), tf.tensor1d([5], 'int32'), tf.tensor1d([0], 'int32')))).toThrow(
      /out of range/,
    );
  });
});

describe('places of the largest', () => {
  const [nan, infinite] = [Number.NaN, Number.POSITIVE_INFINITY];
  const rows = [
    [1, nan, 3, infinite],
    [nan, 1, 3, nan],
    [-infinite, 2, 2, 1],
    [nan, nan, nan, nan],
    [infinite, infinite, nan, 1],
    [4, 3, -infinite, 5],
  ];

  it('argMax and argMin name the first NaN, as NumPy and PyTorch do', () => {
    tf.tidy(() => {
      const x = tf.tensor2d(rows);
      expect([...tf.argMax(x, 1).dataSync()]).toEqual([1, 0, 1, 0, 2, 3]);
      expect([...tf.argMin(x, -1).dataSync()]).toEqual([1, 0, 0, 0, 2, 2]);
      expect(tf.argMax(x, 0)).toMatchObject({ shape: [4], dtype: 'int32' });
      expect([...tf.argMax(tf.tensor2d([[1, 5, 2]]), 1).dataSync()]).toEqual([1]);
      expect([...tf.argMax(tf.tensor1d([3, 9, 1], 'int32')).dataSync()]).toEqual([1]);
    });
  });

  it.each([1, 2, 4])('topk puts NaN above all, for k = %i', k => {
    tf.tidy(() => {
      const { values, indices } = tf.topk(tf.tensor2d(rows), k);
      const expected = [
        [1, 3, 2, 0],
        [0, 3, 2, 1],
        [1, 2, 3, 0],
        [0, 1, 2, 3],
        [2, 0, 1, 3],
        [3, 0, 1, 2],
      ].map(places => places.slice(0, k));
      expect(indices.arraySync()).toEqual(expected);
      expect(indices.dtype).toBe('int32');
      expect(values.arraySync()).toEqual(expected.map((places, row) => places.map(at => (rows[row] as number[])[at])));
    });
  });

  it('gradients of the largest go to where they stand, NaN too', () => {
    tf.tidy(() => {
      const slopes = tf.grad(x => tf.topk(x, 2).values.sum())(tf.tensor2d([[1, nan, 3]]));
      expect([...slopes.dataSync()]).toEqual([0, 1, 1]);
    });
  });
});
