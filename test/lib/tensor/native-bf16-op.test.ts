import { describe, expect, it } from 'vitest';
import { roundToBf16 } from '../../../lib/tensor/native-bf16.ts';
import { hasNativeOps } from '../../../lib/tensor/native-ops.ts';
import { normal, random } from '../../../lib/tensor/random.ts';
import { attribute, type OpAttribute, runOp } from '../../../lib/tensor/run-op.ts';
import { tf } from '../../../lib/tensor/tf.ts';
import { upload } from '../../../lib/tensor/upload.ts';
import { expectClose } from './expect-close.ts';
import { guardAgainstLeaks } from './leak-guard.ts';
import { bits, threads } from './on-native.ts';

guardAgainstLeaks();

/** A matrix of normal numbers, and the same rounded to bfloat16. */
function matrices(seed: number, shape: [number, number]): [tf.Tensor2D, tf.Tensor2D] {
  const made = upload(normal(random(seed), shape, { mean: 0.5, deviation: 2 })) as tf.Tensor2D;
  return [made, tf.tensor2d((made.dataSync() as Float32Array).map(roundToBf16), shape)];
}

describe.runIf(hasNativeOps)('a product in bfloat16 as a TensorFlow op', () => {
  it.each([
    [3, 5, 7],
    [1, 1, 1],
    [40, 100, 33],
    [130, 1100, 50],
    [0, 3, 2],
    [3, 0, 2],
    [3, 2, 0],
  ])('is what TensorFlow computes of rounded numbers, [%d, %d] · [%d columns], whichever way they lie', (m, k, n) => {
    tf.tidy(() => {
      for (const turnA of [0, 1])
        for (const turnB of [0, 1]) {
          const [[a, x], [b, y]] = [matrices(1, turnA ? [k, m] : [m, k]), matrices(2, turnB ? [n, k] : [k, n])];
          const of = (count: number): OpAttribute[] => [
            attribute.int('transpose_a', turnA),
            attribute.int('transpose_b', turnB),
            threads(count),
          ];
          const got = runOp('TinylabMatmulBf16', [a, b], of(2));
          expect(got.shape).toEqual([m, n]);
          const expected = tf.matMul(x, y, turnA === 1, turnB === 1).dataSync() as Float32Array;
          expectClose(got, expected, { relative: 1e-4, absolute: 2e-3 });
          expect(bits(runOp('TinylabMatmulBf16', [a, b], of(1)))).toEqual(bits(got));
        }
    });
  });

  it('refuses what does not fit, and says what must be', () => {
    const wrong: [number[], number[]][] = [
      [
        [2, 3],
        [2, 3],
      ],
      [
        [1, 2, 3],
        [3, 2],
      ],
      [[6], [6, 1]],
      [[], []],
    ];
    for (const [a, b] of wrong)
      expect(() => tf.tidy(() => void runOp('TinylabMatmulBf16', [tf.ones(a), tf.ones(b)], [threads(1)]))).toThrow(/must/);
  });
});
