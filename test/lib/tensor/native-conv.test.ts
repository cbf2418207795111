import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nativeRungs } from '../../../lib/tensor/native.ts';
import { hasNativeOps } from '../../../lib/tensor/native-ops.ts';
import { intAttributes, runOp } from '../../../lib/tensor/run-op.ts';
import { tf } from '../../../lib/tensor/tf.ts';
import { winograd } from '../../../lib/tensor/winograd.ts';
import { type ConvCase, convCases, eachProduct, ownConv } from './conv-cases.ts';
import { fingerprintOf, tensorsOf } from './conv-digest.ts';
import { guardAgainstLeaks } from './leak-guard.ts';

guardAgainstLeaks();

const on = describe.runIf(hasNativeOps);
const values = (tensor: tf.Tensor): Float32Array => tensor.dataSync() as Float32Array;
const bits = (tensor: tf.Tensor): number[] => [...new Int32Array(values(tensor).slice().buffer)];

/** Value and gradients in double precision, and the same of magnitudes. */
function exact(one: ConvCase, [x, w, g]: readonly Float32Array[], sizes: readonly number[]) {
  const make = () => sizes.map(size => new Float64Array(size)) as [Float64Array, Float64Array, Float64Array];
  const [sums, magnitudes] = [make(), make()];
  const add = (which: 0 | 1 | 2, at: number, product: number) => {
    sums[which][at] = (sums[which][at] as number) + product;
    magnitudes[which][at] = (magnitudes[which][at] as number) + Math.abs(product);
  };
  eachProduct(one, (a, t, b) => {
    const [xa, wt, gb] = [x?.[a] as number, w?.[t] as number, g?.[b] as number];
    add(0, b, xa * wt);
    add(1, a, gb * wt);
    add(2, t, gb * xa);
  });
  return { sums, magnitudes };
}

on('a 3 × 3 convolution by minimal filtering', () => {
  // small ones, so that bfloat16 holds what has been transformed
  const both = convCases.flatMap(one => [one, { ...one, bf16: true }]);
  it.each(both)('of whole numbers is exact, x $x, $outputs outputs, zeros before $before, bf16 $bf16', one => {
    tf.tidy(() => {
      const tensors = tensorsOf(one, Math.round);
      const { x, filter, dy } = tensors;
      const { sums } = exact(one, [x, filter, dy].map(values), [dy.size, x.size, filter.size]);
      for (const [i, tensor] of ownConv(one, tensors, 2).entries()) {
        expect(tensor.shape).toEqual([dy, x, filter][i]?.shape);
        expect(Array.from(values(tensor), value => value + 0)).toEqual(Array.from(sums[i] as Float64Array, value => value + 0));
      }
    });
  });

  it.each(convCases.filter(({ x }) => !x.includes(0)))('of real numbers is as near as its sums allow, x $x, $outputs outputs', one => {
    tf.tidy(() => {
      const tensors = tensorsOf(one);
      const { x, filter, dy } = tensors;
      const { sums, magnitudes } = exact(one, [x, filter, dy].map(values), [dy.size, x.size, filter.size]);
      const terms = [one.x[3], one.outputs, one.x[0] * Math.ceil(one.out[0] / 2) * Math.ceil(one.out[1] / 2)];
      for (const [i, tensor] of ownConv(one, tensors, 2).entries()) {
        // the bound of abi.h has magnitudes of whole tiles, up to 81 products a channel for 9: nine times the largest sum of magnitudes stands for them
        const unit = (terms[i] as number) + 10;
        const allowed = unit * 2 ** -24 * 9 * (magnitudes[i] as Float64Array).reduce((a, b) => Math.max(a, b));
        const worst = values(tensor).reduce((most, value, at) => Math.max(most, Math.abs(value - (sums[i]?.[at] as number))), 0);
        expect(worst).toBeLessThanOrEqual(allowed);
      }
    });
  });

  it('of real numbers in bf16 is rounded, some times as far off as by the direct form', () => {
    tf.tidy(() => {
      const one: ConvCase = { x: [3, 9, 8, 33], outputs: 20, before: [1, 1], out: [9, 8] };
      const tensors = tensorsOf(one);
      const wide = ownConv(one, tensors, 2);
      for (const [i, tensor] of ownConv({ ...one, bf16: true }, tensors, 2).entries()) {
        const off = tf.norm(tf.sub(tensor, wide[i] as tf.Tensor)).div(tf.norm(wide[i] as tf.Tensor));
        // two roundings a product, of 2⁻⁹ at most each, and sums whose parts cancel
        expect(off.dataSync()[0]).toBeLessThan(2 ** -7);
        expect(off.dataSync()[0]).toBeGreaterThan(2 ** -12);
      }
    });
  });

  it('gives the same bits on any number of threads', () => {
    tf.tidy(() => {
      const cases: ConvCase[] = [
        { x: [7, 30, 31, 24], outputs: 40, before: [1, 1], out: [30, 31] },
        { x: [9, 6, 6, 130], outputs: 70, before: [1, 1], out: [6, 6] },
        { x: [2, 6, 7, 260], outputs: 510, before: [1, 1], out: [6, 7] },
      ];
      for (const one of cases.flatMap(wide => [wide, { ...wide, bf16: true }])) {
        const tensors = tensorsOf(one);
        const [first, ...others] = [1, 2, 3].map(n => ownConv(one, tensors, n).map(bits));
        for (const other of others) expect(other).toEqual(first);
      }
    });
  });

  it('of many images is what it is of each, where a large filter takes more tiles than go at a time', () => {
    tf.tidy(() => {
      const one: ConvCase = { x: [40, 8, 8, 260], outputs: 510, before: [1, 1], out: [8, 8] };
      const { x, filter, dy } = tensorsOf(one, Math.round);
      const [y, dx, dfilter] = ownConv(one, { x, filter, dy }, 2);
      const parts = Array.from({ length: 40 }, (_, n) => {
        const of = (tensor: tf.Tensor): tf.Tensor => tf.slice(tensor, n, 1);
        return ownConv({ ...one, x: [1, 8, 8, 260] }, { x: of(x), filter, dy: of(dy) }, 2);
      });
      const same = (a: tf.Tensor, b: tf.Tensor): void => expect(tf.all(tf.equal(a, b)).dataSync()[0]).toBe(1);
      same(y, tf.concat(parts.map(([part]) => part)));
      same(dx, tf.concat(parts.map(([, part]) => part)));
      same(dfilter, tf.addN(parts.map(([, , part]) => part)));
    });
  });

  it('is the same by every rung', () => {
    const run = join(import.meta.dirname, 'conv-run.ts');
    const env = { ...process.env, TINYLAB_ISA: 'plain', TINYLAB_TENSORFLOW_OPS: '' };
    const plain = execFileSync(process.execPath, [run], { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    expect(plain.trim().split('\n').at(-1)).toBe(fingerprintOf());
  });

  const lost = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  it.each(lost.flatMap(value => [false, true].map(bf16 => [value, bf16] as const)))(
    'spoils no tile but those that read %d, bf16 %s',
    (value, bf16) => {
      tf.tidy(() => {
        const one: ConvCase = { x: [1, 12, 12, 16], outputs: 8, before: [1, 1], out: [12, 12], bf16 };
        const { filter } = tensorsOf(one);
        const image = tf.buffer(one.x);
        image.set(value, 0, 5, 5, 3);
        const [y] = ownConv(one, { x: image.toTensor(), filter, dy: tf.zeros([1, 12, 12, 8]) }, 1);
        const finite = tf.isFinite(y).all(3).arraySync() as unknown as number[][][];
        const spoiled = finite[0]?.flatMap((line, a) => line.flatMap((good, b) => (good ? [] : [[a, b]]))) as [number, number][];
        // every window around (5, 5) is, and nothing beyond the tiles that these lie in
        for (const a of [4, 5, 6]) for (const b of [4, 5, 6]) expect(spoiled).toContainEqual([a, b]);
        expect(spoiled.every(place => place.every(at => at >= 4 && at <= 7))).toBe(true);
      });
    },
  );

  const attributes = (more: Record<string, number> = {}) => intAttributes({ top: 1, left: 1, height: 4, width: 4, threads: 1, ...more });
  const of = (...shape: number[]): tf.Tensor => tf.ones(shape);
  it.each<[string, () => unknown]>([
    ['an image without channels', () => runOp('TinylabConv', [of(4, 4), of(3, 3, 1, 1)], attributes())],
    ['a filter of 5 × 5', () => runOp('TinylabConv', [of(1, 4, 4, 2), of(5, 5, 2, 2)], attributes())],
    ['a filter of other channels', () => runOp('TinylabConv', [of(1, 4, 4, 2), of(3, 3, 3, 2)], attributes())],
    ['a filter of other outputs', () => runOp('TinylabConvBackpropInput', [of(1, 4, 4, 2), of(3, 3, 2, 3)], attributes())],
    ['a border below 0', () => runOp('TinylabConv', [of(1, 4, 4, 2), of(3, 3, 2, 2)], attributes({ top: -1 }))],
    ['a size below 0', () => runOp('TinylabConv', [of(1, 4, 4, 2), of(3, 3, 2, 2)], attributes({ height: -4 }))],
    ['other images', () => runOp('TinylabConvBackpropFilter', [of(1, 4, 4, 2), of(2, 4, 4, 2)], attributes())],
    ['a scalar', () => runOp('TinylabConvBackpropFilter', [tf.scalar(1), of(2, 4, 4, 2)], attributes())],
  ])('says what is wrong: %s', (_, call) => {
    expect(() => tf.tidy(() => void call())).toThrow(/must|negative/);
  });
});

// Where vectors are wide enough for the kernel to be faster: tf.conv2d takes it by itself, in value and gradient.
const wide = hasNativeOps && nativeRungs().matmul.some(({ name, available }) => name === 'avx512' && available);
describe.runIf(wide)('tf.conv2d', () => {
  it.each<[tf.Tensor4D['shape'], number, 'same' | 'valid' | number]>([
    [[4, 9, 11, 16], 24, 'same'],
    [[3, 16, 12, 33], 17, 'valid'],
    [[2, 10, 10, 20], 32, 2],
  ])('is what TensorFlow computes, x %j to %d channels, padding %s', (shape, outputs, pad) => {
    tf.tidy(() => {
      const { x, filter } = tensorsOf({ x: shape, outputs, before: [1, 1], out: [1, 1] }) as { x: tf.Tensor4D; filter: tf.Tensor4D };
      expect(winograd(x, filter, { strides: 1, pad })).toBeDefined();
      const border = typeof pad === 'number' ? pad : 0;
      const theirs = (image: tf.Tensor4D, w: tf.Tensor4D): tf.Tensor => {
        // as nine products of matrices
        const around = pad === 'same' ? 1 : border;
        const whole = tf.pad(image, [
          [0, 0],
          [around, around],
          [around, around],
          [0, 0],
        ]);
        const [height, width] = [shape[1] + 2 * around - 2, shape[2] + 2 * around - 2];
        return tf.addN(
          Array.from({ length: 9 }, (_, tap) => {
            const [i, j] = [Math.floor(tap / 3), tap % 3];
            const seen = tf.slice(whole, [0, i, j, 0], [shape[0], height, width, shape[3]]).reshape([-1, shape[3]]) as tf.Tensor2D;
            return tf
              .matMul(seen, tf.slice(w, [i, j, 0, 0], [1, 1, shape[3], outputs]).reshape([shape[3], outputs]))
              .reshape([shape[0], height, width, outputs]);
          }),
        );
      };
      const graded = (f: (image: tf.Tensor4D, w: tf.Tensor4D) => tf.Tensor) => {
        const loss = (a: tf.Tensor, b: tf.Tensor): tf.Tensor =>
          f(a as tf.Tensor4D, b as tf.Tensor4D)
            .square()
            .sum();
        const { value, grads } = tf.valueAndGrads(loss)([x, filter]);
        return [f(x, filter), value, ...grads];
      };
      const [got, expected] = [graded((a, b) => tf.conv2d(a, b, 1, pad)), graded(theirs)];
      for (const [i, tensor] of got.entries()) {
        expect(tensor.shape).toEqual(expected[i]?.shape);
        const scale = Math.max(...values(expected[i] as tf.Tensor).map(Math.abs));
        expect(Math.max(...values(tf.sub(tensor, expected[i] as tf.Tensor)).map(Math.abs)) / scale).toBeLessThan(1e-5);
      }
    });
  });
});
