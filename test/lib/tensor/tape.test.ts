import { expect, test } from 'vitest';
import { discardTape } from '../../../lib/tensor/repair.ts';
import { tensorCount } from '../../../lib/tensor/scope.ts';
import { tf } from '../../../lib/tensor/tf.ts';
import { guardAgainstLeaks } from './leak-guard.ts';

guardAgainstLeaks();

type Custom = (x: tf.Tensor, save: tf.GradSaveFunc) => { value: tf.Tensor; gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.Tensor };

const custom = (f: Custom): ((x: tf.Tensor) => tf.Tensor) => tf.customGrad(f as never);

const values = (t: tf.Tensor): number[] => [...t.dataSync()];

test('what an op saved, and gradients in between, are gone before the last gradient is known', () => {
  const counts: number[] = [];
  const counting = custom((x: tf.Tensor) => ({
    value: x.clone(),
    gradFunc: (dy: tf.Tensor) => {
      counts.push(tensorCount());
      return dy.clone();
    },
  }));
  tf.tidy(() => {
    let steps = 0;
    const f = (x: tf.Tensor): tf.Tensor => {
      let y = x;
      for (steps = 0; steps < 10; steps++) y = counting(tf.square(y));
      return tf.sum(y);
    };
    expect(values(tf.grad(f)(tf.tensor1d([1])))).toEqual([1024]);
  });
  expect(counts).toHaveLength(10);
  // on the way back each step leaves fewer behind
  expect(counts.every((count, i) => i === 0 || count < (counts[i - 1] as number))).toBe(true);
});

test('a tensor that several ops read, itself asked for, and one that nothing reads', () => {
  tf.tidy(() => {
    const [a, b, c] = [tf.tensor1d([2, 3]), tf.tensor1d([5, 7]), tf.tensor1d([1, 1])] as const;
    const { value, grads } = tf.valueAndGrads((x, y, z) => tf.add(tf.mul(tf.mul(x, y), x), tf.mul(z, 0)))([a, b, c]);
    expect(values(value)).toEqual([20, 63]);
    expect(grads.map(values)).toEqual([
      [20, 42],
      [4, 9],
      [0, 0],
    ]);
  });
});

test('the dy that was given, what was there before and saved tensors that are gradients stay as long as they are needed', () => {
  tf.tidy(() => {
    const dy = tf.tensor1d([3]);
    const outer = tf.tensor1d([7]);
    const fixed = custom((x: tf.Tensor) => ({ value: tf.mul(x, 2), gradFunc: () => outer }));
    const itself = custom((x: tf.Tensor, save) => {
      save([x]);
      return { value: tf.mul(x, 1), gradFunc: (_, saved) => saved[0] as tf.Tensor };
    });
    const passed = custom((x: tf.Tensor) => ({ value: tf.mul(x, 1), gradFunc: (given: tf.Tensor) => given }));
    expect(values(tf.grad(x => passed(passed(tf.square(x))))(tf.tensor1d([4]), dy))).toEqual([24]);
    expect(values(tf.grad(x => fixed(tf.square(x)))(tf.tensor1d([4]), dy))).toEqual([56]);
    expect(values(tf.grad(x => itself(tf.mul(tf.square(x), 3)))(tf.tensor1d([4]), dy))).toEqual([48 * 3 * 8]);
    expect([dy, outer].map(values)).toEqual([[3], [7]]);
  });
});

test('gradients of gradients, also where both see the same op', () => {
  tf.tidy(() => {
    const cube = (x: tf.Tensor): tf.Tensor => tf.mul(tf.mul(x, x), x);
    const second = tf.grad(x => tf.add(tf.grad(cube)(x), cube(x)));
    expect(values(second(tf.tensor1d([2])))).toEqual([12 + 12]);
    const third = tf.grad(tf.grad(tf.grad(cube)));
    expect(values(third(tf.tensor1d([2])))).toEqual([6]);
  });
});

test('what cannot be differentiated is said, and leaves nothing', () => {
  const x = tf.tensor1d([1]);
  const wrong = custom((y: tf.Tensor) => ({ value: tf.mul(y, 2), gradFunc: () => tf.zeros([2]) }));
  expect(() => tf.tidy(() => tf.grad(y => wrong(tf.square(y)))(x))).toThrow(
    "has shape '2', which does not match the shape of the input '1'",
  );
  discardTape();
  expect(() => tf.tidy(() => tf.grad(() => tf.tensor1d([1]))(x))).toThrow('Cannot compute gradient of y=f(x)');
  discardTape();
  const whole = custom((y: tf.Tensor) => ({ value: tf.mul(y, 2), gradFunc: () => tf.zeros([1], 'int32') }));
  expect(() => tf.tidy(() => tf.grad(y => whole(tf.square(y)))(x))).toThrow("must have 'float32' dtype, but has 'int32'");
  discardTape();
  expect(() => tf.tidy(() => tf.grad(y => tf.cast(tf.equal(y, 1), 'float32'))(x))).toThrow();
  discardTape();
  x.dispose();
});
