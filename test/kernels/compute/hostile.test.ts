import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { binding } from '../../../lib/tensor/native.ts';
import { good } from './good-calls.ts';
import { hostileCall } from './hostile.ts';

// In a process of its own: a call that ends it must not end the tests. `npm run test:native` does the same under sanitizers.
const run = (script: string, ...args: string[]): { status: number | null; said: string } => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, script), ...args], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    // each thread of Node would otherwise claim 128 MB of addresses for its own allocations, whenever it begins
    env: { ...process.env, MALLOC_ARENA_MAX: '1' },
  });
  return { status, said: `${stdout.trim().split('\n').at(-1)}${stderr}` };
};
const on = describe.runIf(binding !== undefined);

on('the binding', () => {
  it('ends thousands of hostile calls well, or with an error of a name', () => {
    const { status, said } = run('hostile-run.ts', '1', '5000');
    expect(status, said).toBe(0);
    const told = JSON.parse(said);
    expect(Object.keys(told).toSorted()).toEqual(
      ['compute/dtype', 'compute/length', 'compute/options', 'compute/overlap', 'compute/rung', 'compute/size', 'own', 'well'].toSorted(),
    );
    expect(told.well).toBeGreaterThan(1000);
  });

  it('has hostile calls of every kernel', () => {
    const called = new Set(Array.from({ length: 300 }, (_, seed) => hostileCall(seed).kernel));
    const compute = createRequire(import.meta.url)('@tinylab/compute') as Record<string, { rungs?: unknown }>;
    expect([...called].toSorted()).toEqual(
      Object.keys(compute)
        .filter(name => compute[name]?.rungs !== undefined)
        .toSorted(),
    );
    expect(Object.values(good).flatMap(Object.keys).length).toBe(called.size);
  });

  // Node itself could not be told to have little memory before it is up.
  it.runIf(process.platform === 'linux' && process.env.LD_PRELOAD === undefined)('names what it has no memory for, and works on', () => {
    const { status, said } = run('out-of-memory-run.ts');
    expect(status, said).toBe(0);
    expect(JSON.parse(said)).toEqual({ int8Conv: 'compute/memory', histogram: 'compute/memory', extremes: 'compute/memory', after: 6 });
  });
});
