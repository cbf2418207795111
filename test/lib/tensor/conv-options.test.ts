import { describe, expect, it } from 'vitest';
import type { ConvOptions } from '../../../lib/tensor/conv-options.ts';
import { conv2d } from '../../../lib/tensor/conv2d.ts';
import { depthwiseConv2d } from '../../../lib/tensor/depthwise-conv2d.ts';
import { tf } from '../../../lib/tensor/tf.ts';
import { guardAgainstLeaks } from './leak-guard.ts';

guardAgainstLeaks();

describe.each(Object.entries({ conv2d, depthwiseConv2d }))('%s', (_, convolve) => {
  it.each([
    { padding: -1 },
    { padding: 1.5 },
    { padding: Number.NaN },
    { padding: 'Same' },
    { padding: [1, 1, 1, 1] },
    {
      padding: [
        [0, 0],
        [-1, 0],
      ],
    },
    { strides: 0 },
    { strides: 1.5 },
    { strides: [1] },
    { strides: [1, 2, 1] },
    { dilations: 0 },
    { dilations: -1 },
    { dilations: '2' },
  ])('refuses %j by name', options => {
    tf.tidy(() => {
      const [x, kernel] = [tf.ones<tf.Rank.R4>([1, 5, 6, 2]), tf.ones<tf.Rank.R4>([1, 3, 2, 1])];
      expect(() => convolve(x, kernel, options as ConvOptions)).toThrow(
        expect.objectContaining({ name: 'LabError', code: 'conv/options' }),
      );
    });
  });
});
