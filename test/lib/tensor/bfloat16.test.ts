import { describe, expect, it } from 'vitest';
import { bfloat16Missing, type Precision, toBfloat16 } from '../../../lib/tensor/bfloat16.ts';
import type { ConvOptions } from '../../../lib/tensor/conv-options.ts';
import { conv2d, conv2dTranspose } from '../../../lib/tensor/conv2d.ts';
import { matMul } from '../../../lib/tensor/mat-mul.ts';
import { normal, random } from '../../../lib/tensor/random.ts';
import { tf } from '../../../lib/tensor/tf.ts';
import { upload } from '../../../lib/tensor/upload.ts';
import { mayTransform } from '../../../lib/tensor/winograd.ts';
import { guardAgainstLeaks } from './leak-guard.ts';

guardAgainstLeaks();

// Where the processor has no bfloat16, fit refuses it (test/lib/train/precision.test.ts), and nothing is computed.
const on = describe.runIf(bfloat16Missing() === undefined);

/** The definition: halves to even among the upper 16 bits. NaN stays NaN. */
function rounded(value: number): number {
  const bits = new Uint32Array(new Float32Array([value]).buffer);
  const word = bits[0] as number;
  if (Number.isNaN(value)) return value;
  bits[0] = (word + 0x7fff + ((word >>> 16) & 1)) & 0xffff0000;
  return new Float32Array(bits.buffer)[0] as number;
}

const drawn = (seed: number, shape: number[]): tf.Tensor => toBfloat16(upload(normal(random(seed), shape)));

type Products = Record<'y' | 'dx' | 'dw', tf.Tensor>;

/** A product with both gradients, the gradient at the output drawn too. */
function products(compute: (x: tf.Tensor, w: tf.Tensor) => tf.Tensor, x: tf.Tensor, w: tf.Tensor): Products {
  const { value: y, grads } = valueAndGradients(compute, x, w);
  return { y, dx: grads[0] as tf.Tensor, dw: grads[1] as tf.Tensor };
}

function valueAndGradients(
  compute: (x: tf.Tensor, w: tf.Tensor) => tf.Tensor,
  x: tf.Tensor,
  w: tf.Tensor,
): { value: tf.Tensor; grads: tf.Tensor[] } {
  const value = compute(x, w);
  const grads = tf.grads((a, b) => compute(a, b))([x, w], drawn(9, value.shape));
  return { value, grads };
}

/**
 * From inputs that bfloat16 holds, sums in float32 differ from the exact ones by little, and the result is rounded once: |error| ≤ 2⁻⁸ · |y| + 2⁻¹² · max |y|.
 */
function expectRoundedOnce(got: Products, exact: Products): void {
  for (const name of ['y', 'dx', 'dw'] as const) {
    expect(got[name].shape).toEqual(exact[name].shape);
    const [values, wanted] = [got[name].dataSync(), exact[name].dataSync()];
    const largest = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    for (const [i, value] of values.entries()) {
      const bound = 2 ** -8 * Math.abs(wanted[i] as number) + 2 ** -12 * largest;
      if (!(Math.abs(value - (wanted[i] as number)) <= bound)) expect.fail(`${name}[${i}] is ${value}, not ${wanted[i]} ± ${bound}`);
    }
  }
}

/** A window of 3 × 3 may be transformed first, and what is multiplied then is rounded: as a whole it is as far off as two roundings. */
function expectNear(got: Products, exact: Products): void {
  for (const name of ['y', 'dx', 'dw'] as const) {
    expect(got[name].shape).toEqual(exact[name].shape);
    const off = tf.norm(tf.sub(got[name], exact[name])).div(tf.norm(exact[name]));
    expect(off.dataSync()[0]).toBeLessThan(2 ** -7);
  }
}

on('rounding to bfloat16', () => {
  it('takes the nearest, of two the even one, infinities and NaN as they are', () => {
    const given = [
      0,
      -0,
      1,
      1.00390625,
      1.01171875,
      -1.00390625,
      3.3895313892515355e38,
      3.4028234663852886e38,
      1e-40,
      2 ** -133,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
    ];
    const many = [...given, ...(normal(random(3), [999]).data as Float32Array)];
    const got = tf.tidy(() => [...toBfloat16(tf.tensor1d(many)).dataSync()]);
    expect(got).toEqual(many.map(value => rounded(Math.fround(value))));
    expect(tf.tidy(() => toBfloat16(tf.tensor1d([Number.NaN])).dataSync()[0])).toBeNaN();
  });
});

on('convolutions in bfloat16', () => {
  type Case = [string, number[], number[], ConvOptions & { groups?: number }];
  it.each<Case>([
    ['1 × 1', [2, 5, 7, 3], [1, 1, 3, 5], {}],
    ['1 × 1, strided', [2, 5, 7, 17], [1, 1, 17, 33], { strides: 2 }],
    ['3 × 3', [3, 9, 8, 17], [3, 3, 17, 5], { padding: 'same' }],
    ['3 × 3, strided', [2, 9, 8, 4], [3, 3, 4, 6], { strides: 2, padding: 1 }],
    ['3 × 3, 64 channels', [2, 4, 4, 64], [3, 3, 64, 64], { padding: 'same' }],
    [
      'of odd sizes, with unequal strides and borders',
      [1, 8, 7, 3],
      [2, 5, 3, 4],
      {
        strides: [2, 1],
        padding: [
          [0, 1],
          [3, 2],
        ],
      },
    ],
    ['dilated', [2, 9, 9, 3], [3, 3, 3, 8], { dilations: 2, padding: 'same' }],
    ['in groups', [2, 6, 6, 8], [3, 3, 4, 6], { groups: 2, padding: 'same' }],
    ['a group for each channel', [2, 6, 5, 6], [3, 3, 1, 6], { groups: 6, padding: 1 }],
    ['one pixel, one channel, a stride beyond the image', [1, 1, 1, 1], [1, 1, 1, 3], { strides: 2 }],
    ['a kernel larger than the image', [2, 2, 2, 2], [5, 5, 2, 3], { padding: 'same' }],
    ['the misread ones of one channel', [3, 6, 4, 1], [3, 4, 1, 2], { strides: [1, 2] }],
    ['1 × 1 with unequal strides', [1, 5, 7, 2], [1, 1, 2, 2], { strides: [1, 3] }],
  ])('%s', (_, ...[x, w, options]) => {
    tf.tidy(() => {
      const [image, kernel] = [drawn(1, x), drawn(2, w)];
      const way = (precision: Precision) => (a: tf.Tensor, b: tf.Tensor) =>
        conv2d(a as tf.Tensor4D, b as tf.Tensor4D, { ...options, precision });
      const compare = mayTransform(kernel.shape, [options.strides ?? 1].flat()) ? expectNear : expectRoundedOnce;
      compare(products(way('bf16'), image, kernel), products(way('float32'), image, kernel));
    });
  });

  it('transposed', () => {
    tf.tidy(() => {
      const [image, kernel] = [drawn(1, [2, 3, 4, 5]), drawn(2, [3, 3, 6, 5])];
      const way = (precision: Precision) => (a: tf.Tensor, b: tf.Tensor) =>
        conv2dTranspose(a as tf.Tensor4D, b as tf.Tensor4D, { shape: [2, 7, 9, 6], strides: [2, 2], precision });
      expectRoundedOnce(products(way('bf16'), image, kernel), products(way('float32'), image, kernel));
    });
  });

  // The processor multiplies in pairs: of a lone channel the other one is 0 times the neighbour, and 0 · ∞ is NaN.
  it('rounds its inputs; what is not finite never becomes finite', () => {
    tf.tidy(() => {
      const kernel = tf.ones([1, 1, 1, 1]) as tf.Tensor4D;
      const of = (...values: number[]): number[] => [
        ...conv2d(tf.tensor4d(values, [1, 1, values.length, 1]), kernel, { precision: 'bf16' }).dataSync(),
      ];
      expect(of(1 + 2 ** -12, 3, 1 + 2 ** -8, -2)).toEqual([1, 3, 1, -2]);
      for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
        for (const place of [0, 1, 2])
          expect(of(...[1, 2, 3].map((x, i) => (i === place ? value : x)))[place]).not.toSatisfy(Number.isFinite);
    });
  });
});

on('products of matrices in bfloat16', () => {
  const transposes = [false, true].flatMap(a => [false, true].map(b => [a, b] as const));
  it.each(transposes.flatMap(t => [[], [3]].map(leading => [...t, leading] as const)))(
    'transposed %s and %s, axes before them %j',
    (transposeA, transposeB, leading) => {
      tf.tidy(() => {
        const a = drawn(1, [...leading, ...(transposeA ? [7, 5] : [5, 7])]);
        const b = drawn(2, [...leading, ...(transposeB ? [33, 7] : [7, 33])]);
        const way = (precision: Precision) => (x: tf.Tensor, y: tf.Tensor) => matMul(x, y, { transposeA, transposeB, precision });
        expectRoundedOnce(products(way('bf16'), a, b), products(way('float32'), a, b));
      });
    },
  );

  it('of one row, and of many terms', () => {
    tf.tidy(() => {
      for (const [m, k, n] of [
        [1, 1, 1],
        [1, 300, 1],
        [65, 2049, 3],
      ] as const) {
        const [a, b] = [drawn(1, [m, k]), drawn(2, [k, n])];
        const way = (precision: Precision) => (x: tf.Tensor, y: tf.Tensor) => matMul(x, y, { precision });
        expectRoundedOnce(products(way('bf16'), a, b), products(way('float32'), a, b));
      }
    });
  });
});
