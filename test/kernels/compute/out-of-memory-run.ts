// Run by hostile.test.ts in a process of its own: calls that need more scratch memory than the process may have; then one that needs none.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { int8Shape } from '../../../lib/tensor/native-int8.ts';
import { conv } from './good-calls.ts';

type Call = (...values: readonly unknown[]) => unknown;
const compute = createRequire(import.meta.url)('@tinylab/compute') as Record<string, Call>;

const [bins, channels, depth] = [2 ** 26, 2 ** 25, 2 ** 22];
const one = {
  images: 1,
  height: 1,
  width: 1,
  outHeight: 1,
  outWidth: 1,
  kernelHeight: 1,
  kernelWidth: 1,
  channels: depth,
  depth,
  out: 1,
  outChannels: 1,
};
const options = { threads: 1 };
const calls: Record<string, readonly unknown[]> = {
  int8Conv: [
    int8Shape.conv({ ...conv, ...one }),
    new Int8Array(depth),
    new Int8Array(16 * depth),
    new Int32Array(96),
    new Int8Array(1),
    options,
  ],
  histogram: [new Float32Array(8), new Int32Array(bins), { length: 8, bins, absolute: 0, low: 0, perUnit: 1, ...options }],
  extremes: [
    new Float32Array(channels),
    new Float32Array(channels),
    new Float32Array(channels),
    { outer: 1, channels, inner: 1, ...options },
  ],
};

const size = /VmSize:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
// no more than it has, and what Node itself may want meanwhile, which is less than any of the calls needs
execFileSync('prlimit', ['--pid', String(process.pid), `--as=${(Number(size) + 128 * 1024) * 1024}`]);

const codeOf = (call: () => unknown): unknown => {
  try {
    return call() ?? 'well';
  } catch (error) {
    return (error as { code?: string }).code;
  }
};
const told = Object.fromEntries(Object.entries(calls).map(([name, values]) => [name, codeOf(() => compute[name]?.(...values))]));
const c = new Float32Array(1);
compute.matmul?.(Float32Array.of(2), Float32Array.of(3), c, { m: 1, k: 1, n: 1 });
console.log(JSON.stringify({ ...told, after: c[0] }));
