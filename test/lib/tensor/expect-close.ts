import { expect } from 'vitest';
import { allClose } from '../../../lib/tensor/close.ts';
import type { tf } from '../../../lib/tensor/tf.ts';

/** Expects the values of a tensor to be close to plain numbers in the same order, absolutely and relatively. */
export function expectClose(got: tf.Tensor, expected: ArrayLike<number>, tolerance: { relative?: number; absolute?: number } = {}): void {
  const result = allClose(got.dataSync(), Float64Array.from(expected), { relative: 1e-4, absolute: 1e-4, ...tolerance });
  expect(result.close, result.message).toBe(true);
}
