import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Precision } from '../../lib/tensor/bfloat16.ts';
import { conditions, threads } from './peers/clock.ts';
import { type Contender, interleave } from './peers/interleave.ts';
import { type PeerProcess, startPeer } from './peers/process.ts';
import { peersPython } from './peers.mjs';
import type { Benchmark, Sample } from './result.ts';

const batch = 32;

const pytorch = ['torch==2.15.0', 'numpy==2.2.6', 'setuptools==80.9.0'];
const tensorflow = ['tensorflow-cpu==2.21.0'];

interface Task {
  readonly title: string;
  readonly net: 'vgg' | 'mobilenet';
  readonly what: 'step' | 'forward';
  readonly rounds: number;
  readonly torch: readonly string[];
  readonly precision?: Precision;
}

/**
 * What is measured: the first line's times are the result, the others are further rows, and the ratio is the worst of those in float32. A task in bf16 has
 * peers in bf16.
 */
const tasks = [
  { title: 'VGG step', net: 'vgg', what: 'step', rounds: 15, torch: ['eager', 'channels_last', 'compile', 'channels_last+compile'] },
  { title: 'VGG forward', net: 'vgg', what: 'forward', rounds: 15, torch: ['eager', 'channels_last', 'channels_last+compile'] },
  { title: 'VGG step bf16', net: 'vgg', what: 'step', rounds: 15, torch: ['channels_last+bf16'], precision: 'bf16' },
  { title: 'MobileNetV2-0.5 step', net: 'mobilenet', what: 'step', rounds: 15, torch: ['eager', 'channels_last', 'channels_last+compile'] },
] as const satisfies readonly Task[];

const program = (name: string): string => fileURLToPath(new URL(`./peers/${name}`, import.meta.url));

interface Peers {
  readonly torch: PeerProcess;
  readonly tensorflow: PeerProcess;
}

async function startPeers(graphs: readonly string[], log: (line: string) => void): Promise<Peers> {
  const interpreters = [await peersPython(pytorch, log), await peersPython(tensorflow, log)] as const;
  const args = [threads, String(batch), ...graphs];
  return {
    torch: await startPeer(interpreters[0], [program('torch_steps.py'), ...args]),
    tensorflow: await startPeer(interpreters[1], [program('tensorflow_steps.py'), ...args]),
  };
}

function contenders(task: Task, ours: Contender, peers: Peers | undefined): Record<string, Contender> {
  if (!peers) return { ours };
  const { net, what, torch, precision } = task;
  const torches = torch.map(f => [`PyTorch ${f.replaceAll('+', ' ')}`, () => peers.torch.measure(`${net}/${what}/${f}`)] as const);
  if (precision === 'bf16') return { ours, ...Object.fromEntries(torches) };
  return { ours, ...Object.fromEntries(torches), 'TensorFlow function': () => peers.tensorflow.measure(`${net}/${what}/function`) };
}

function ratioOf(ours: Sample, peers: Record<string, Sample>): number | undefined {
  const least = Object.values(peers).map(({ min }) => min);
  return least.length === 0 ? undefined : ours.min / Math.min(...least);
}

const rowOf = (title: string, who: string, { min, median, n }: Sample): string =>
  `${`${title}: ${who}`.padEnd(56)} ${min.toFixed(1).padStart(8)} ${median.toFixed(1).padStart(8)} ms   n=${n}`;

const run: Benchmark = async ({ peers: withPeers, log }) => {
  process.env.TINYLAB_THREADS = threads;
  const { nets, ourForward, ourStep } = await import('./peers/steps.ts');
  const { bfloat16Missing } = await import('../../lib/tensor/bfloat16.ts');
  const folder = mkdtempSync(join(tmpdir(), 'tinylab-bench-'));
  const graphs = Object.entries(nets).map(([name, { nodes }]) => {
    const path = join(folder, `${name}.json`);
    writeFileSync(path, JSON.stringify(nodes));
    return `${name}=${path}`;
  });
  const peers = withPeers ? await startPeers(graphs, log) : undefined;
  const rows: string[] = [];
  const results: { ours: Sample; peers: Record<string, Sample> }[] = [];
  const ratios: number[] = [];
  try {
    for (const task of tasks as readonly Task[]) {
      const missing = task.precision === 'bf16' ? bfloat16Missing() : undefined;
      if (missing) {
        rows.push(`${task.title}: left out, since ${missing}`);
        continue;
      }
      const model = nets[task.net] as (typeof nets)[string];
      const ours = task.what === 'step' ? ourStep(model, batch, task.precision) : ourForward(model, batch);
      const { ours: own, ...others } = await interleave(contenders(task, ours, peers), { warm: 3, rounds: task.rounds, log });
      results.push({ ours: own as Sample, peers: others });
      if (results.length > 1)
        rows.push(...Object.entries({ ours: own as Sample, ...others }).map(([who, sample]) => rowOf(task.title, who, sample)));
      const ratio = ratioOf(own as Sample, others);
      if (ratio === undefined) continue;
      if (task.precision !== 'bf16') ratios.push(ratio);
      rows.push(`${task.title}: ours.min / best peer's min = ${ratio.toFixed(3)}`);
    }
  } finally {
    peers?.torch.close();
    peers?.tensorflow.close();
    rmSync(folder, { recursive: true, force: true });
  }
  const [main] = results as [(typeof results)[number]];
  return { name: `training-step${conditions}`, unit: 'ms', ...main, ratio: ratios.length > 0 ? Math.max(...ratios) : undefined, rows };
};

export default run;
