import { describe, expect, it } from 'vitest';
import { normal, random } from '../../../lib/tensor/random.ts';
import { tf } from '../../../lib/tensor/tf.ts';
import { upload } from '../../../lib/tensor/upload.ts';
import { expectClose } from './expect-close.ts';
import { guardAgainstLeaks } from './leak-guard.ts';
import { maxPool, type PoolCase, pooled } from './reference/max-pool.ts';

guardAgainstLeaks();

const base: PoolCase = { batch: 2, height: 9, width: 7, channels: 3, size: 2, stride: 2, border: 0 };

describe('maxPool', () => {
  it.each<[string, PoolCase]>([
    ['2×2 on odd sizes', base],
    ['overlapping windows', { ...base, size: 3 }],
    ['windows with gaps', { ...base, stride: 3 }],
    ['a border', { ...base, size: 3, border: 1 }],
    ['a border, stride 1', { ...base, size: 3, stride: 1, border: 1 }],
    ['17 channels', { ...base, channels: 17 }],
    ['one window', { ...base, height: 4, width: 4, size: 4, stride: 4 }],
  ])('%s: value and gradient equal the loops', (_, c) => {
    const rng = random(9);
    const x = normal(rng, [c.batch, c.height, c.width, c.channels]);
    const dy = normal(rng, [c.batch, pooled(c.height, c), pooled(c.width, c), c.channels]);
    const expected = maxPool(x.data, dy.data, c);
    const f = (v: tf.Tensor): tf.Tensor4D =>
      tf.maxPool(v as tf.Tensor4D, c.size, c.stride, c.border === 0 ? 'valid' : c.border, c.border ? 'floor' : undefined);
    tf.tidy(() => {
      expectClose(f(upload(x)), expected.y);
      expectClose(tf.grad(f)(upload(x), upload(dy)), expected.dx);
    });
  });

  it('gives the gradient of equal values to one of them', () => {
    tf.tidy(() => {
      const dx = tf.grad(v => tf.maxPool(v as tf.Tensor4D, 2, 2, 'valid'))(tf.zeros([1, 4, 4, 1]));
      expect(dx.sum().dataSync()[0]).toBe(4);
      expect(dx.max().dataSync()[0]).toBe(1);
    });
  });
});
