import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Contender, interleave } from './peers/interleave.ts';
import { type PeerProcess, startPeer } from './peers/process.ts';
import { peersPython } from './peers.mjs';
import type { Benchmark, Sample } from './result.ts';

const threads = '2';
const sparsity = 0.75;
// a quarter of widths that four divides: both round alike
const ratio = 0.25;

const packages = ['torch==2.15.0', 'torch-pruning==1.6.1', 'safetensors==0.6.2', 'numpy==2.2.6', 'packaging==25.0', 'setuptools==80.9.0'];

/** What is measured: the first line is the result, the others are further rows. */
const tasks = [
  { title: 'masks', work: 'fine', peers: { 'torch.nn.utils.prune.l1_unstructured': 'fine' } },
  {
    title: 'channel surgery',
    work: 'channels',
    peers: { 'Torch-Pruning, graph built before': 'channels', 'Torch-Pruning, with its graph': 'graph+channels' },
  },
] as const;

const inProcess =
  (work: () => void): Contender =>
  async () => {
    const started = performance.now();
    work();
    return performance.now() - started;
  };

const rowOf = (title: string, who: string, { min, median, n }: Sample): string =>
  `${`${title}: ${who}`.padEnd(56)} ${min.toFixed(1).padStart(8)} ${median.toFixed(1).padStart(8)} ms   n=${n}`;

async function startTorch(folder: string, log: (line: string) => void): Promise<PeerProcess> {
  const program = fileURLToPath(new URL('./peers/torch_prune.py', import.meta.url));
  return startPeer(await peersPython(packages, log), [program, folder, String(sparsity), String(ratio), threads]);
}

/** Fine-grained masks by magnitude and channel surgery on a VGG of 10 M parameters, and that the peers find the same. */
const run: Benchmark = async ({ peers: withPeers, log }) => {
  const { network, pruned, differences } = await import('./peers/prune.ts');
  const { saveModel } = await import('../../lib/model/save.ts');
  const folder = mkdtempSync(join(tmpdir(), 'tinylab-bench-'));
  saveModel(network, join(folder, 'net'));
  const torch = withPeers ? await startTorch(folder, log) : undefined;
  const rows: string[] = [];
  const results: { ours: Sample; peers: Record<string, Sample> }[] = [];
  try {
    for (const { title, work, peers } of tasks) {
      const others = torch ? Object.entries(peers).map(([who, name]) => [who, () => torch.measure(name)] as const) : [];
      const contenders = { ours: inProcess(() => void pruned[work]({ sparsity, ratio })), ...Object.fromEntries(others) };
      const { ours, ...found } = await interleave(contenders, { warm: 3, rounds: 20, log });
      results.push({ ours: ours as Sample, peers: found });
      rows.push(...Object.entries({ ours: ours as Sample, ...found }).map(([who, sample]) => rowOf(title, who, sample)));
      if (torch) rows.push(`${title}: ours.min / best peer's min = ${ratioOf(ours as Sample, found).toFixed(3)}`);
    }
    if (torch) {
      await torch.measure('write');
      rows.push(...differences(readFileSync(join(folder, 'found.safetensors')), { sparsity, ratio }));
    }
  } finally {
    torch?.close();
    rmSync(folder, { recursive: true, force: true });
  }
  const [main] = results as [(typeof results)[number]];
  return { name: 'prune', unit: 'ms', ...main, ratio: torch && ratioOf(main.ours, main.peers), rows };
};

const ratioOf = (ours: Sample, peers: Record<string, Sample>): number => ours.min / Math.min(...Object.values(peers).map(({ min }) => min));

export default run;
