import { expect, it, vi } from 'vitest';
import { dense } from '../../../lib/tensor/dense.ts';
import { random } from '../../../lib/tensor/random.ts';
import { tf } from '../../../lib/tensor/tf.ts';
import { guardAgainstLeaks } from './leak-guard.ts';
import { bits, on, values } from './on-native.ts';

guardAgainstLeaks();

on('a dense layer whose parameters are frozen', () => {
  const made = (which: readonly ('x' | 'kernel' | 'bias')[]): { grads: tf.Tensor[]; runs: number } => {
    const rng = random(9);
    const given = { x: values(rng, [4, 3]), kernel: values(rng, [3, 5]), bias: values(rng, [5]) };
    const spy = vi.spyOn(tf.backend() as unknown as { executeMultipleOutputs: () => void }, 'executeMultipleOutputs');
    const loss = (...some: tf.Tensor[]): tf.Tensor => {
      const { x, kernel, bias } = { ...given, ...Object.fromEntries(which.map((name, i) => [name, some[i] as tf.Tensor])) };
      return dense(x, kernel as tf.Tensor2D, { bias: bias as tf.Tensor1D, rectifier: 'relu' })
        .square()
        .sum();
    };
    const grads = tf.grads(loss)(which.map(name => given[name]));
    const runs = (spy.mock.calls as unknown[][]).filter(([op]) => op === 'TinylabDenseBackpropParameters').length;
    spy.mockRestore();
    return { grads, runs };
  };

  it.each([
    [['x'], 0],
    [['x', 'kernel'], 1],
    [['bias'], 1],
    [['x', 'kernel', 'bias'], 1],
  ] as const)('computes the gradients of parameters only for those who ask: %j', (which, runs) => {
    tf.tidy(() => {
      const all = made(['x', 'kernel', 'bias']).grads;
      const some = made(which);
      expect(some.runs).toBe(runs);
      expect(some.grads.map(bits)).toEqual(which.map(name => bits(all[['x', 'kernel', 'bias'].indexOf(name)] as tf.Tensor)));
    });
  });

  it('is asked by the gradient that runs, not by one around it', () => {
    tf.tidy(() => {
      const rng = random(10);
      const [x, kernel, dy] = [values(rng, [4, 3]), values(rng, [3, 5]) as tf.Tensor2D, values(rng, [3, 5])];
      const inner = (): tf.Tensor => tf.grad((w: tf.Tensor) => dense(x, w as tf.Tensor2D))(kernel);
      // its gradient is computed by a gradient of another function, whose input has another name
      const outer = tf.customGrad(
        (v: unknown) => ({ value: (v as tf.Tensor).clone(), gradFunc: (d: tf.Tensor) => tf.mul(d, inner()) }) as never,
      );
      expect(bits(tf.grad((v: tf.Tensor) => outer(v) as tf.Tensor)(dy))).toEqual(bits(inner()));
    });
  });
});
