import { expect, expectTypeOf, test } from 'vitest';
import type * as ours from '../../../../kernels/jupyter/session/host.ts';
import { createHost } from '../../../../kernels/jupyter/session/host.ts';
import type * as theirs from '../../../../lib/tensor/host.ts';

test('the kernel offers what the library expects', () => {
  expectTypeOf<ours.KernelHost>().toExtend<theirs.KernelHost>();
  expectTypeOf<theirs.KernelHost>().toExtend<ours.KernelHost>();
  const { host } = createHost({ lookup: () => ({ found: false }) });
  const expected: Record<keyof theirs.KernelHost, string> = {
    version: 'number',
    display: 'function',
    clearOutput: 'function',
    signal: 'function',
    onTerminate: 'function',
    lookup: 'function',
  };
  expect(Object.fromEntries(Object.entries(host).map(([name, value]) => [name, typeof value]))).toEqual(expected);
});

test('a repair that fails does not keep the others from running, and an unsubscribed one is not called', () => {
  const { host, repair } = createHost({ lookup: () => ({ found: false }) });
  const calls: string[] = [];
  host.onTerminate(() => {
    throw new Error('broken');
  });
  const stop = host.onTerminate(() => void calls.push('stopped'));
  host.onTerminate(() => void calls.push('runs'));
  stop();
  repair();
  expect(calls).toEqual(['runs']);
});
