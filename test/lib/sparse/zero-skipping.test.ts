import { expect, it } from 'vitest';
import { zeroSkipping } from '../../../lib/sparse/zero-skipping.ts';
import { array } from '../../../lib/tensor/array.ts';

it('9 % of the weights and 35 % of the activations leave 1/32 of the work', () => {
  const weight = array(
    [100, 100],
    Float32Array.from({ length: 10_000 }, (_, i) => Number((Math.floor(i / 100) * 3 + i) % 100 < 9)),
  );
  const activations = array(
    [100],
    Float32Array.from({ length: 100 }, (_, i) => Number(i % 20 < 7)),
  );
  const { dense, weights, activations: active, both } = zeroSkipping(weight, activations);
  expect([weights / dense, active / dense, both / dense]).toEqual([0.09, 0.35, 0.0315]);
  expect(Math.round(dense / both)).toBe(32);
});

it('refuses activations that do not fit', () => {
  expect(() => zeroSkipping(array([2, 3], new Float32Array(6)), array([2], [1, 1]))).toThrow(
    expect.objectContaining({ code: 'shape/mismatch' }),
  );
});
