import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Contender, interleave } from './peers/interleave.ts';
import { type PeerProcess, startPeer } from './peers/process.ts';
import { peersPython } from './peers.mjs';
import type { Benchmark, Sample } from './result.ts';

const threads = '2';
const packages = ['torch==2.15.0', 'torchao==0.18.0', 'scipy==1.17.1', 'numpy==2.2.6'];

/**
 * What is measured: the first line is the result, the others are further rows. A row compares those that compute the same; what each peer does stands in
 * torch_quantize.py. Extremes of the channels are found in each run of the first two.
 */
const tasks = [
  {
    title: 'a scale for each of 3,200 channels, 10 M weights to int8, and back',
    work: 'channels',
    peers: {
      'torch.quantize_per_channel, dequantize': 'channels',
      'torchao quantize_affine, dequantize_affine': 'torchao',
    },
    rounds: 15,
  },
  {
    title: 'the same without the integers',
    work: 'fake',
    peers: { 'torch.fake_quantize_per_channel_affine': 'fake', 'torchao fake quantize_affine': 'torchao_fake' },
    rounds: 15,
  },
  {
    title: 'extremes and a histogram of 2,048 bins of 10 M values',
    work: 'histogram',
    peers: { 'torch.aminmax, torch.histc': 'histogram', 'numpy.histogram': 'numpy_histogram' },
    rounds: 9,
  },
  { title: 'KL calibration of 10 M values', work: 'kl', peers: { 'TensorRT search in NumPy and SciPy': 'kl' }, rounds: 5 },
  {
    title: 'calibration of 10 M values by squared error, from a histogram of 2,048 bins',
    work: 'squared',
    peers: { 'torch.ao HistogramObserver': 'observer', 'torchao.pt2e HistogramObserver': 'torchao_observer' },
    rounds: 9,
  },
  {
    title: 'k-means of 2 M values, 16 centroids, 20 iterations',
    work: 'kmeans',
    peers: { 'scipy.cluster.vq.kmeans2': 'kmeans' },
    rounds: 5,
  },
] as const;

const inProcess =
  (work: () => unknown): Contender =>
  async () => {
    const started = performance.now();
    work();
    return performance.now() - started;
  };

const rowOf = (who: string, { min, median, n }: Sample): string =>
  `${who.padEnd(56)} ${min.toFixed(1).padStart(8)} ${median.toFixed(1).padStart(8)} ms   n=${n}`;
const ratioOf = (ours: Sample, peers: Record<string, Sample>): number => ours.min / Math.min(...Object.values(peers).map(({ min }) => min));

async function startTorch(folder: string, log: (line: string) => void): Promise<PeerProcess> {
  const program = fileURLToPath(new URL('./peers/torch_quantize.py', import.meta.url));
  return startPeer(await peersPython(packages, log), [program, folder, threads]);
}

/** Quantizing per channel, KL calibration and k-means, and that the peers find the same. */
const run: Benchmark = async ({ peers: withPeers, log }) => {
  const { fewerOf, matrix, numbers, works } = await import('./peers/quantize.ts');
  const values = numbers();
  const given = { values, weight: matrix(values), fewer: fewerOf(values) };
  const folder = mkdtempSync(join(tmpdir(), 'tinylab-bench-'));
  writeFileSync(join(folder, 'weights.f32'), new Uint8Array(values.buffer));
  writeFileSync(join(folder, 'fewer.f32'), new Uint8Array(given.fewer.buffer));
  const torch = withPeers ? await startTorch(folder, log) : undefined;
  const rows: string[] = [];
  const results: { ours: Sample; peers: Record<string, Sample> }[] = [];
  try {
    for (const { title, work, peers, rounds } of tasks) {
      const others = torch ? Object.entries(peers).map(([who, name]) => [who, () => torch.measure(name)] as const) : [];
      const { ours, ...found } = await interleave(
        { ours: inProcess(() => works[work](given)), ...Object.fromEntries(others) },
        { warm: 2, rounds, log },
      );
      results.push({ ours: ours as Sample, peers: found });
      rows.push(title, ...Object.entries({ ours: ours as Sample, ...found }).map(([who, sample]) => rowOf(`  ${who}`, sample)));
      if (torch) rows.push(`  ours.min / best peer's min = ${ratioOf(ours as Sample, found).toFixed(3)}`);
    }
    if (torch) rows.push(...(await agreement(torch, folder, given)));
  } finally {
    torch?.close();
    rmSync(folder, { recursive: true, force: true });
  }
  const [main] = results as [(typeof results)[number]];
  return { name: 'quantize', unit: 'ms', ...main, ratio: torch && ratioOf(main.ours, main.peers), rows };
};

type Given = Parameters<typeof import('./peers/quantize.ts')['works']['kl']>[0];

/** How far our results are from the peers'. */
async function agreement(torch: PeerProcess, folder: string, given: Given): Promise<string[]> {
  const { quantized, side, works } = await import('./peers/quantize.ts');
  await torch.measure('write');
  const theirs = new Int8Array(readFileSync(join(folder, 'codes.i8')));
  const ours = quantized(given.weight).value.data;
  let [differing, far] = [0, 0];
  for (let o = 0; o < side; o++)
    for (let i = 0; i < side; i++) {
      const off = Math.abs((ours[i * side + o] as number) - (theirs[o * side + i] as number));
      if (off > 0) differing++;
      if (off > 1) far++;
    }
  const [threshold, error] = new Float64Array(Uint8Array.from(readFileSync(join(folder, 'found.f64'))).buffer) as unknown as [
    number,
    number,
  ];
  const { error: own } = works.kmeans(given) as { error: number };
  return [
    `codes: ${differing} of ${ours.length} differ from PyTorch's, which multiplies by 1 / S; ${far} by more than one`,
    `KL threshold ${(works.kl(given) as number).toFixed(5)}, in NumPy ${threshold.toFixed(5)}; k-means error ${own.toFixed(3)}, SciPy's ${error.toFixed(3)}`,
  ];
}

export default run;
