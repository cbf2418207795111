import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { conv2d } from '../../../lib/tensor/conv2d.ts';
import { depthwiseConv2d } from '../../../lib/tensor/depthwise-conv2d.ts';
import { normal, random } from '../../../lib/tensor/random.ts';
import { tf } from '../../../lib/tensor/tf.ts';
import { upload } from '../../../lib/tensor/upload.ts';
import { expectClose } from './expect-close.ts';
import { guardAgainstLeaks } from './leak-guard.ts';
import { type ConvCase, convolution, outputSize } from './reference/conv2d.ts';

guardAgainstLeaks();

const base: ConvCase = {
  batch: 2,
  height: 7,
  width: 6,
  channels: 4,
  filters: 6,
  kernel: [3, 3],
  strides: [1, 1],
  dilations: [1, 1],
  groups: 1,
  borders: [0, 0, 0, 0],
};

/** What TensorFlow adds for `same`: ceil(size / stride) positions, the smaller half before. */
function same(c: ConvCase): ConvCase {
  const [top, bottom] = half(c.height, c, 0);
  const [left, right] = half(c.width, c, 1);
  return { ...c, borders: [top, bottom, left, right] };
}

function half(size: number, c: ConvCase, axis: 0 | 1): [number, number] {
  const reach = (c.kernel[axis] - 1) * c.dilations[axis] + 1;
  const all = Math.max(0, (Math.ceil(size / c.strides[axis]) - 1) * c.strides[axis] + reach - size);
  return [Math.floor(all / 2), Math.ceil(all / 2)];
}

type Convolution = (x: tf.Tensor4D, kernel: tf.Tensor4D) => tf.Tensor;

/** Compares value and both gradients with the loops. */
function check(c: ConvCase, kernelShape: [number, number, number, number], run: Convolution): void {
  const rng = random(5);
  const [outHeight, outWidth] = outputSize(c);
  const x = normal(rng, [c.batch, c.height, c.width, c.channels]);
  const kernel = normal(rng, kernelShape);
  const dy = normal(rng, [c.batch, outHeight, outWidth, c.filters]);
  const expected = convolution(c, { x: x.data, kernel: kernel.data, dy: dy.data });
  tf.tidy(() => {
    const tensors = [upload(x), upload(kernel)] as [tf.Tensor4D, tf.Tensor4D];
    const y = run(...tensors);
    expect(y.shape).toEqual([...dy.shape]);
    expectClose(y, expected.y);
    const [dx, dKernel] = tf.grads((a, b) => run(a as tf.Tensor4D, b as tf.Tensor4D))(tensors, upload(dy) as tf.Tensor4D);
    expectClose(dx as tf.Tensor, expected.dx);
    expectClose(dKernel as tf.Tensor, expected.dKernel);
  });
}

const kernelOf = (c: ConvCase): [number, number, number, number] => [...c.kernel, c.channels / c.groups, c.filters];

function checkConv(c: ConvCase, padding: 'same' | 'valid' | number | [[number, number], [number, number]]): void {
  const { strides, dilations, groups } = c;
  check(c, kernelOf(c), (x, kernel) => conv2d(x, kernel, { strides, dilations, groups, padding }));
}

describe('conv2d', () => {
  it.each<[string, ConvCase, 'same' | 'valid' | number | [[number, number], [number, number]]]>([
    ['valid', base, 'valid'],
    ['same', same(base), 'same'],
    ['same with strides', same({ ...base, strides: [2, 2] }), 'same'],
    ['unequal strides', { ...base, strides: [2, 1] }, 'valid'],
    ['dilation', { ...base, dilations: [2, 2] }, 'valid'],
    ['unequal dilation', same({ ...base, dilations: [2, 1] }), 'same'],
    ['dilation and strides', same({ ...base, dilations: [2, 2], strides: [2, 2] }), 'same'],
    ['two groups', same({ ...base, groups: 2 }), 'same'],
    ['a group for each channel', same({ ...base, groups: 4, filters: 8 }), 'same'],
    ['groups, dilation, strides', { ...base, groups: 2, dilations: [2, 2], strides: [2, 1] }, 'valid'],
    ['a number', { ...base, borders: [1, 1, 1, 1] }, 1],
    ['a number with strides on an even size', { ...base, height: 8, width: 8, strides: [2, 2], borders: [1, 1, 1, 1] }, 1],
    [
      'borders',
      { ...base, borders: [2, 0, 1, 3] },
      [
        [2, 0],
        [1, 3],
      ],
    ],
    [
      'borders with dilation and groups',
      { ...base, dilations: [2, 2], groups: 2, borders: [2, 1, 0, 3] },
      [
        [2, 1],
        [0, 3],
      ],
    ],
    ['a kernel of one', { ...base, kernel: [1, 1] }, 'same'],
    ['a long kernel', same({ ...base, kernel: [1, 5] }), 'same'],
    ['one channel, one filter', { ...base, channels: 1, filters: 1 }, 'valid'],
    ['rows that no window reaches', { ...base, height: 8, strides: [3, 3] }, 'valid'],
  ])('%s: value and gradients equal the loops', (_, c, padding) => checkConv(c, padding));

  it('agrees with the loops for any geometry', () => {
    const small = fc.integer({ min: 1, max: 3 });
    const border = fc.integer({ min: 0, max: 3 });
    const geometry = fc.record({
      sizes: fc.tuple(fc.integer({ min: 5, max: 9 }), fc.integer({ min: 5, max: 9 })),
      depth: small,
      perGroup: small,
      groups: small,
      kernel: fc.tuple(small, small),
      strides: fc.tuple(small, small),
      dilations: fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 2 })),
      borders: fc.tuple(border, border, border, border),
    });
    fc.assert(
      fc.property(geometry, g => {
        const [height, width] = g.sizes;
        const c: ConvCase = { ...base, ...g, height, width, channels: g.depth * g.groups, filters: g.perGroup * g.groups };
        const [top, bottom, left, right] = g.borders;
        checkConv(c, [
          [top, bottom],
          [left, right],
        ]);
      }),
      { numRuns: 60, seed: 11 },
    );
  });

  it('agrees with the loops where several images of one channel, with unequal strides, give one column', () => {
    const count = (max: number): fc.Arbitrary<number> => fc.integer({ min: 1, max });
    const geometry = fc.record({
      batch: fc.integer({ min: 2, max: 4 }),
      height: fc.integer({ min: 5, max: 8 }),
      filters: count(3),
      kernel: fc.tuple(count(4), fc.integer({ min: 2, max: 4 })),
      strides: fc.tuple(count(2), fc.integer({ min: 2, max: 4 })),
      dilations: fc.tuple(fc.constant(1), count(2)),
      // columns that the window's one place does not reach
      beyond: fc.integer({ min: 0, max: 3 }),
      left: fc.integer({ min: 0, max: 1 }),
      form: fc.constantFrom('conv2d', 'same', 'depthwise'),
    });
    fc.assert(
      fc.property(geometry, ({ beyond, left, form, ...g }) => {
        const reach = (g.kernel[1] - 1) * g.dilations[1] + 1;
        const all = { ...base, ...g, channels: 1 };
        if (form === 'same') return checkConv(same({ ...all, width: 1 + (beyond % g.strides[1]) }), 'same');
        const c: ConvCase = { ...all, width: reach - left + Math.min(beyond, g.strides[1] - 1), borders: [0, 0, left, 0] };
        const borders: [[number, number], [number, number]] = [
          [0, 0],
          [left, 0],
        ];
        if (form === 'conv2d') return checkConv(c, borders);
        const { strides, dilations, kernel, filters } = c;
        return check(c, [...kernel, 1, filters], (x, k) => depthwiseConv2d(x, k, { strides, dilations, padding: borders }));
      }),
      { numRuns: 80, seed: 3 },
    );
  });

  it('has gradients of the second order', () => {
    tf.tidy(() => {
      const kernel = tf.tensor4d([1, -2, 3, 0.5], [2, 2, 1, 1]);
      const x = tf.tensor4d(
        Array.from({ length: 9 }, (_, i) => i / 3 - 1),
        [1, 3, 3, 1],
      );
      // f = Σ y³ with y = x * k, so that d/dx Σ (df/dx)·u needs the second derivative 6 y.
      const f = (v: tf.Tensor): tf.Scalar =>
        conv2d(v as tf.Tensor4D, kernel, { dilations: 1, padding: 1 })
          .pow(3)
          .sum();
      const second = tf.grad(v =>
        tf
          .grad(w => f(w))(v)
          .square()
          .sum(),
      )(x);
      const h = 1e-2;
      const slope = (v: tf.Tensor): number =>
        tf
          .grad(w => f(w))(v)
          .square()
          .sum()
          .dataSync()[0] as number;
      const unit = (i: number): tf.Tensor =>
        tf.tensor4d(
          Array.from({ length: 9 }, (_, j) => (i === j ? h : 0)),
          [1, 3, 3, 1],
        );
      const expected = Array.from({ length: 9 }, (_, i) => (slope(x.add(unit(i))) - slope(x.sub(unit(i)))) / (2 * h));
      expectClose(second, expected, { relative: 2e-2, absolute: 2 });
    });
  });

  it('refuses what does not fit together', () => {
    tf.tidy(() => {
      const x = tf.zeros<tf.Rank.R4>([1, 4, 4, 3]);
      expect(() => conv2d(x, tf.zeros([3, 3, 2, 4]))).toThrow(/needs 2 channels/);
      expect(() => conv2d(x, tf.zeros([5, 5, 3, 4]))).toThrow(/does not fit/);
      expect(() => depthwiseConv2d(x, tf.zeros([3, 3, 4, 1]))).toThrow(/needs 4 channels/);
    });
  });
});

describe('depthwiseConv2d', () => {
  const deep: ConvCase = { ...base, groups: 4, filters: 4 };
  const twice: ConvCase = { ...deep, filters: 8 };
  it.each<[string, ConvCase, 'same' | 'valid' | number | [[number, number], [number, number]]]>([
    ['same', same(deep), 'same'],
    ['valid, multiplier 2', twice, 'valid'],
    ['strides', same({ ...twice, strides: [2, 2] }), 'same'],
    ['unequal strides', { ...twice, strides: [1, 2] }, 'valid'],
    ['dilation', same({ ...deep, dilations: [2, 2] }), 'same'],
    ['dilation, multiplier 2', { ...twice, dilations: [2, 1] }, 'valid'],
    ['a number', { ...deep, borders: [1, 1, 1, 1], strides: [2, 2], height: 8, width: 8 }, 1],
    [
      'borders',
      { ...twice, borders: [0, 2, 1, 0] },
      [
        [0, 2],
        [1, 0],
      ],
    ],
  ])('%s: value and gradients equal the loops', (_, c, padding) => {
    const { strides, dilations } = c;
    const multiplier = c.filters / c.channels;
    // [h, w, c, m] and the grouped [h, w, 1, c · m] hold the same numbers in the same order.
    check(c, [...c.kernel, c.channels, multiplier], (x, kernel) => depthwiseConv2d(x, kernel, { strides, dilations, padding }));
  });
});
