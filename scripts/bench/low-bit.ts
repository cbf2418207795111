import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packInt4 } from '../../lib/tensor/int4-weights.ts';
import { native } from '../../lib/tensor/native.ts';
import { matmulBf16 } from '../../lib/tensor/native-bf16.ts';
import { int4Matmul } from '../../lib/tensor/native-int4.ts';
import { normal, random } from '../../lib/tensor/random.ts';
import { createContext } from '../setup/context.mjs';
import { compiler } from '../setup/system.mjs';
import { type Contender, interleave } from './peers/interleave.ts';
import { startPeer } from './peers/process.ts';
import type { Benchmark, Sample } from './result.ts';

const [k, n, group] = [4096, 4096, 32];
const rounds = 12;
const repeats = 10;
const rowsOf = [1, 8];
const threadsOf = [1, 2];

/**
 * One row (a language model that writes) and eight times weights of 4 bits, 4096 × 4096 in groups of 32, beside reading as many bytes and nothing else; and products of 512 × 512
 * matrices in bfloat16 beside float32. All in one run; the least of ten on the wall, since threads take part.
 */
const run: Benchmark = async ({ log }) => {
  const weights = packInt4({
    ...{ k, n, group },
    codes: Int8Array.from({ length: k * n }, (_, i) => ((Math.imul(i, 2654435761) >>> 9) & 15) - 8),
    scale: new Float32Array((k / group) * n).fill(0.01),
  });
  const bytes = weights.codes.byteLength + weights.scale.byteLength;
  const reader = await startReader();
  const contenders: Record<string, Contender> = {};
  for (const threads of threadsOf) {
    contenders[`read, ${threads} threads`] = () => reader.measure(`${bytes} ${threads}`);
    for (const m of rowsOf) Object.assign(contenders, products(weights, { m, threads }));
  }
  Object.assign(contenders, squares());
  try {
    const samples = await interleave(contenders, { warm: 1, rounds, log });
    return resultOf(samples, bytes);
  } finally {
    reader.close();
  }
};

export default run;

function products(weights: ReturnType<typeof packInt4>, { m, threads }: { m: number; threads: number }): Record<string, Contender> {
  const x = normal(random(1), [m * k]).data as Float32Array;
  const [b, rowScale, out] = [Int8Array.from(x, value => value * 40), new Float32Array(m).fill(0.025), new Float32Array(m * n)];
  const name = `${m} rows, ${threads} threads`;
  return {
    [`W4A8, ${name}`]: least(() => int4Matmul(b, weights, { m, rowScale, threads, out })),
    [`W4A32, ${name}`]: least(() => int4Matmul(x, weights, { m, threads, out })),
  };
}

function squares(): Record<string, Contender> {
  const sizes = { m: 512, k: 512, n: 512 };
  const [a, b] = [2, 3].map(seed => normal(random(seed), [512 * 512]).data) as [Float32Array, Float32Array];
  const out = new Float32Array(512 * 512);
  return {
    'bfloat16 512³': least(() => matmulBf16(a, b, { ...sizes, out })),
    'float32 512³': least(() => native.matmul(a, b, { ...sizes, out })),
  };
}

/** The fastest of a few calls on the wall: the weights are in the cache then, and some call meets no neighbour. */
const least =
  (work: () => unknown): Contender =>
  async () => {
    const times = Array.from({ length: repeats }, () => {
      const began = performance.now();
      work();
      return performance.now() - began;
    });
    return Math.min(...times);
  };

/** The program that reads, compiled for this run. */
async function startReader(): ReturnType<typeof startPeer> {
  const folder = mkdtempSync(join(tmpdir(), 'tinylab-read-'));
  const program = join(folder, 'read');
  try {
    execFileSync(compiler(createContext()), ['-O2', '-pthread', '-o', program, join(import.meta.dirname, 'peers/read.cc')]);
    return await startPeer(program, []);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function resultOf(samples: Readonly<Record<string, Sample>>, bytes: number): Awaited<ReturnType<Benchmark>> {
  const rows = Object.entries(samples).map(([name, { min, median, n: count }]) => {
    const start = `${name.padEnd(26)} ${min.toFixed(3).padStart(8)} ${median.toFixed(3).padStart(8)} ms  n=${count}`;
    if (name.includes('512³')) return `${start}  ${((2 * 512 ** 3) / min / 1e6).toFixed(0).padStart(5)} GFLOP/s`;
    const read = samples[`read, ${/(\d) threads/.exec(name)?.[1]} threads`] as Sample;
    return `${start}  ${(bytes / min / 1e6).toFixed(0).padStart(5)} GB/s  ${(read.min / min).toFixed(2)} of reading`;
  });
  const [ours, read] = [samples['W4A8, 1 rows, 1 threads'] as Sample, samples['read, 1 threads'] as Sample];
  return {
    name: `low-bit: W4A8 ${k}², one row`,
    unit: 'ms',
    ours,
    peers: { 'reading as many bytes': read },
    ratio: ours.min / read.min,
    rows,
  };
}
