import { describe, expect, it } from 'vitest';
import { tf } from '../../../lib/tensor/tf.ts';
import { guardAgainstLeaks } from './leak-guard.ts';

guardAgainstLeaks();

const x = [-3, -0, 0, 1e-30, 0.5, 5.9, 6.1, 7, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 2];

describe.each([
  ['relu', Number.POSITIVE_INFINITY],
  ['relu6', 6],
] as const)('%s', (name, top) => {
  const f = (v: tf.Tensor): tf.Tensor => tf[name](v);

  it('has a gradient of one strictly inside, and none outside', () => {
    tf.tidy(() => {
      const dy = x.map((_, i) => i + 1);
      const dx = tf.grad(f)(tf.tensor1d(x), tf.tensor1d(dy));
      const inside = (v: number): boolean => v > 0 && (v < top || v === Number.POSITIVE_INFINITY) && !(top === 6 && v > 6);
      expect([...dx.dataSync()]).toEqual(x.map((v, i) => (inside(v) ? (dy[i] as number) : 0)));
    });
  });

  it('has a second derivative of zero, and passes a gradient through its first', () => {
    tf.tidy(() => {
      const [v] = [tf.tensor1d([-1, 2, 8])];
      // d/dv of (f'(v) · f(v)): where f is linear this is f' · f' = 1.
      const g = tf.grad(a =>
        tf
          .grad(b => f(b).square().sum().mul(0.5))(a)
          .sum(),
      )(v);
      expect([...g.dataSync()]).toEqual(name === 'relu' ? [0, 1, 1] : [0, 1, 0]);
    });
  });
});
