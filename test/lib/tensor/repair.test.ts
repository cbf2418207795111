import { runInThisContext, Script } from 'node:vm';
import { afterEach, describe, expect, it } from 'vitest';
import { repairEngine } from '../../../lib/tensor/repair.ts';
import { tf } from '../../../lib/tensor/tf.ts';
import { guardAgainstLeaks } from './leak-guard.ts';

guardAgainstLeaks();
afterEach(() => {
  delete (globalThis as { work?: () => void }).work;
});

const loss = (w: tf.Tensor): tf.Scalar => w.square().sum();

/** Stops code in the middle as an interrupted cell is stopped: no `finally` runs. */
function terminateInside(work: () => void): void {
  (globalThis as { work?: () => void }).work = work;
  expect(() => new Script('work()').runInThisContext({ timeout: 200 })).toThrow(/timed out/);
}

describe('repairEngine', () => {
  it('makes gradients work again after a termination inside one', () => {
    const forever = runInThisContext('() => { for (;;); }') as () => never;
    const w = tf.tensor1d([1, 2, 3]);
    terminateInside(() => {
      tf.grad(v => {
        tf.mul(v, 2);
        return forever();
      })(w);
    });
    const state = tf.engine().state as unknown as { gradientDepth: number; activeScope: unknown; activeTape: unknown[] | null };
    expect(state.gradientDepth, 'the termination left the engine inside a gradient').toBe(1);
    repairEngine();
    expect(state.gradientDepth).toBe(0);
    expect(state.activeTape).toBeNull();
    const gradient = tf.grad(loss)(w);
    expect([...gradient.dataSync()]).toEqual([2, 4, 6]);
    gradient.dispose();
    w.dispose();
  });

  it('does nothing to an engine at rest', () => {
    const before = tf.memory().numTensors;
    repairEngine();
    tf.tidy(() => {
      expect([
        ...tf
          .grad(loss)(tf.tensor1d([1]))
          .dataSync(),
      ]).toEqual([2]);
    });
    expect(tf.memory().numTensors).toBe(before);
  });
});
