import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Model } from '../../lib/model/model.ts';
import { conditions, milliseconds, threads } from './peers/clock.ts';
import { type Contender, interleave } from './peers/interleave.ts';
import { type PeerProcess, startPeer } from './peers/process.ts';
import { peersPython } from './peers.mjs';
import type { Benchmark, Sample } from './result.ts';

// A step of knowledge distillation (teacher forward, student forward and back, update) beside PyTorch's on the same nets.

const batch = 64;
/** Steps of one measurement. */
const times = 10;
const rounds = 9;
const pytorch = ['torch==2.15.0', 'numpy==2.2.6', 'setuptools==80.9.0'];
const flavours = ['channels_last', 'channels_last+compile'] as const;

const tasks = [
  { title: "Lab 1's VGG teaches Lab 4's student", teacher: 'vgg', student: 'student', what: 'distill' },
  { title: 'small MobileNetV1 teaches it', teacher: 'mobilenet', student: 'student', what: 'distill' },
  { title: "Lab 1's VGG teaches a small MobileNetV1", teacher: 'vgg', student: 'mobilenet', what: 'distill' },
  { title: "Lab 1's VGG taught it: values kept", teacher: 'vgg', student: 'student', what: 'cached' },
] as const;

type Task = (typeof tasks)[number];

async function startPeers(nets: Readonly<Record<string, Model>>, log: (line: string) => void): Promise<PeerProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'tinylab-bench-'));
  const program = fileURLToPath(new URL('./peers/torch_steps.py', import.meta.url));
  const python = await peersPython(pytorch, log);
  try {
    const files = Object.entries(nets).map(([name, { nodes }]) => {
      const path = join(folder, `${name}.json`);
      writeFileSync(path, JSON.stringify(nodes));
      return `${name}=${path}`;
    });
    return await startPeer(python, [program, threads, String(batch), ...files]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Milliseconds of one of several steps. */
const repeated =
  (step: () => unknown): Contender =>
  async () => {
    const started = milliseconds();
    for (let i = 0; i < times; i++) step();
    return (milliseconds() - started) / times;
  };

function contenders({ teacher, student, what }: Task, step: () => unknown, peer: PeerProcess | undefined): Record<string, Contender> {
  const torches = peer
    ? flavours.map(flavour => [
        `PyTorch ${flavour.replaceAll('+', ' ')}`,
        async () => (await peer.measure(`${teacher}>${student}/${what}/${flavour}+x${times}`)) / times,
      ])
    : [];
  return { ours: repeated(step), ...Object.fromEntries(torches) };
}

const rowOf = (title: string, who: string, { min, median, n }: Sample): string =>
  `${`${title}: ${who}`.padEnd(64)} ${min.toFixed(2).padStart(8)} ${median.toFixed(2).padStart(8)} ms   n=${n}`;

const run: Benchmark = async ({ peers: withPeers, log }) => {
  process.env.TINYLAB_THREADS = threads;
  const { distilledStep, taughtNets } = await import('./peers/distilled-steps.ts');
  const peer = withPeers ? await startPeers(taughtNets, log) : undefined;
  const rows: string[] = [];
  let worst: { ours: Sample; peers: Record<string, Sample>; ratio?: number } | undefined;
  try {
    for (const task of tasks) {
      const { ours, ...others } = await interleave(contenders(task, distilledStep(task, batch), peer), { warm: 2, rounds, log });
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
    peer?.close();
  }
  return { name: `distill${conditions}`, unit: 'ms', ...(worst as NonNullable<typeof worst>), rows };
};

export default run;
