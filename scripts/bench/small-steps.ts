import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { conditions, milliseconds, threads } from './peers/clock.ts';
import { type Contender, interleave } from './peers/interleave.ts';
import { type PeerProcess, startPeer } from './peers/process.ts';
import { peersPython } from './peers.mjs';
import type { Benchmark, Sample } from './result.ts';

const batch = 64;
const gptBatch = 32;
/** Steps of one measurement: one alone is shorter than what a process loses when it is woken. */
const times = 20;
const rounds = 15;

const pytorch = ['torch==2.15.0', 'numpy==2.2.6', 'setuptools==80.9.0'];

const tasks = [
  { title: 'MLP 784-300-100-10', net: 'mlp', flavours: ['eager', 'compile'] },
  { title: "Lab 1's VGG", net: 'vgg', flavours: ['channels_last', 'compile', 'channels_last+compile'] },
  { title: 'small MobileNetV1', net: 'mobilenet', flavours: ['channels_last', 'compile', 'channels_last+compile'] },
  { title: 'char-GPT block', net: 'gpt', flavours: ['adam', 'compile+adam'] },
] as const;

type Task = (typeof tasks)[number];

async function startPeers(graphs: Readonly<Record<string, object>>, log: (line: string) => void): Promise<readonly PeerProcess[]> {
  const folder = mkdtempSync(join(tmpdir(), 'tinylab-bench-'));
  const program = fileURLToPath(new URL('./peers/torch_steps.py', import.meta.url));
  const python = await peersPython(pytorch, log);
  try {
    const start = (size: number, names: readonly string[]) => {
      const files = names.map(name => {
        const path = join(folder, `${name}.json`);
        writeFileSync(path, JSON.stringify(graphs[name]));
        return `${name}=${path}`;
      });
      return startPeer(python, [program, threads, String(size), ...files]);
    };
    return [await start(batch, ['mlp', 'vgg', 'mobilenet']), await start(gptBatch, ['gpt'])];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Milliseconds of one of several steps. */
function repeated(step: () => unknown): Contender {
  return async () => {
    const started = milliseconds();
    for (let i = 0; i < times; i++) step();
    return (milliseconds() - started) / times;
  };
}

function contenders({ net, flavours }: Task, step: () => unknown, peers: readonly PeerProcess[]): Record<string, Contender> {
  const peer = net === 'gpt' ? peers[1] : peers[0];
  if (!peer) return { ours: repeated(step) };
  const torches = flavours.map(flavour => [
    `PyTorch ${flavour.replaceAll('+', ' ')}`,
    async () => (await peer.measure(`${net}/step/${flavour}+x${times}`)) / times,
  ]);
  return { ours: repeated(step), ...Object.fromEntries(torches) };
}

const rowOf = (title: string, who: string, { min, median, n }: Sample): string =>
  `${`${title}: ${who}`.padEnd(56)} ${min.toFixed(2).padStart(8)} ${median.toFixed(2).padStart(8)} ms   n=${n}`;

const run: Benchmark = async ({ peers: withPeers, log }) => {
  process.env.TINYLAB_THREADS = threads;
  const { smallNets, gptSizes, gptStep } = await import('./peers/small-nets.ts');
  const { stepOf } = await import('./peers/steps.ts');
  const graphs = { ...Object.fromEntries(Object.entries(smallNets).map(([name, { nodes }]) => [name, nodes])), gpt: gptSizes };
  const peers = withPeers ? await startPeers(graphs, log) : [];
  const rows: string[] = [];
  let worst: { ours: Sample; peers: Record<string, Sample>; ratio?: number } | undefined;
  try {
    for (const task of tasks) {
      const model = smallNets[task.net];
      const step = model ? stepOf(model, batch) : gptStep(gptBatch);
      const { ours, ...others } = await interleave(contenders(task, step, peers), { warm: 2, rounds, log });
      const own = ours as Sample;
      const measured = Object.entries({ ours: own, ...others }).map(([who, sample]) => rowOf(task.title, who, sample));
      // at once too: compiling PyTorch's nets takes minutes on a busy machine
      measured.forEach(log);
      rows.push(...measured);
      const least = Math.min(...Object.values(others).map(({ min }) => min));
      const ratio = Number.isFinite(least) ? own.min / least : undefined;
      if (ratio !== undefined) rows.push(`${task.title}: ours.min / best peer's min = ${ratio.toFixed(3)}`);
      if (!worst || (ratio ?? 0) > (worst.ratio ?? 0)) worst = { ours: own, peers: others, ratio };
    }
  } finally {
    for (const peer of peers) peer.close();
  }
  return {
    name: `small-steps${conditions}`,
    unit: 'ms',
    ...(worst as NonNullable<typeof worst>),
    rows,
  };
};

export default run;
