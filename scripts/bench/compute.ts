import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createContext } from '../setup/context.mjs';
import { compiler } from '../setup/system.mjs';
import { type Contender, interleave } from './peers/interleave.ts';
import { type PeerProcess, startPeer } from './peers/process.ts';
import type { Benchmark, Sample } from './result.ts';

const side = 512;
const shape = { m: side, k: side, n: side };
const operations = 2 * side ** 3;
/** The slow rungs take 100 times as long as the fast ones: they run in the first rounds only. */
const rounds = 40;
const slow = new Set(['typescript', 'reference']);
const slowRounds = 3;
const peer = 'tfjs-node matMul';

/** Rungs of the fp32 product of 512 × 512 matrices on one thread, beside tfjs-node and the processor's peak, all in one run and in processor time. tfjs-node allocates its output. */
const run: Benchmark = async ({ log }) => {
  process.env.TINYLAB_THREADS = '1';
  const { native, nativeRungs } = await import('../../lib/tensor/native.ts');
  const { normal, random } = await import('../../lib/tensor/random.ts');
  const { tf } = await import('../../lib/tensor/tf.ts');
  const [a, b] = [1, 2].map(seed => normal(random(seed), [side * side]).data) as [Float32Array, Float32Array];
  const [ta, tb] = [tf.tensor2d(a, [side, side]), tf.tensor2d(b, [side, side])];
  const out = new Float32Array(side * side);
  const rungs = nativeRungs().matmul.filter(({ available }) => available);
  const contenders: Record<string, Contender> = {};
  for (const { name } of rungs) contenders[name] = timed(() => native.matmul(a, b, { ...shape, rung: name, out }));
  contenders[peer] = timed(() => tf.matMul(ta, tb).dispose());
  const isSlow = ([name]: readonly [string, unknown]): boolean => slow.has(name);
  const others = Object.fromEntries(Object.entries(contenders).filter(entry => !isSlow(entry)));
  const peak = process.arch === 'x64' ? await startPeak() : undefined;
  try {
    if (peak) for (const bits of ['256', '512']) others[`${bits}-bit peak`] = () => peak.measure(bits);
    const few = Object.fromEntries(Object.entries(contenders).filter(isSlow));
    const samples = {
      ...(await interleave(few, { warm: 1, rounds: slowRounds, log })),
      ...(await interleave(others, { warm: 5, rounds, log })),
    };
    return resultOf(samples, rungs.at(-1)?.name as string);
  } finally {
    peak?.close();
    tf.dispose([ta, tb]);
  }
};

export default run;

/** Processor time, not wall time: on one thread they are the same, unless something else runs on the machine. */
const timed =
  (work: () => void): Contender =>
  async () => {
    const began = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(began);
    return (user + system) / 1000;
  };

/** The program that measures the peak, compiled for this run. */
async function startPeak(): Promise<PeerProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'tinylab-peak-'));
  const program = join(folder, 'peak');
  try {
    execFileSync(compiler(createContext()), ['-O2', '-o', program, join(import.meta.dirname, 'peers/peak.cc')]);
    return await startPeer(program, []);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Peaks take the same number of operations, so a fraction of a peak is a ratio of times. A width that the machine lacks took no time. */
function resultOf(samples: Readonly<Record<string, Sample>>, best: string): Awaited<ReturnType<Benchmark>> {
  const peaks = Object.entries(samples).filter(([name, { min }]) => name.endsWith('peak') && min > 0);
  const rows = Object.entries(samples).flatMap(([name, { min, median, n }]) => {
    if (min === 0) return [];
    const of = peaks.map(([peak, { min: least }]) => `${((100 * least) / min).toFixed(1).padStart(5)} % of ${peak}`);
    const rate = (operations / min / 1e6).toFixed(1).padStart(6);
    return [
      `${name.padEnd(24)} ${min.toFixed(2).padStart(8)} ${median.toFixed(2).padStart(8)} ms  n=${n}  ${rate} GFLOP/s  ${of.join('  ')}`,
    ];
  });
  const [ours, theirs] = [samples[best] as Sample, samples[peer] as Sample];
  return {
    name: `compute: matmul ${side}³, ${best}, one thread`,
    unit: 'ms',
    ours,
    peers: { [peer]: theirs },
    ratio: ours.min / theirs.min,
    rows,
  };
}
