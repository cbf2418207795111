import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Elements, ProgramTensor } from '../../lib/deploy/program.ts';
import type { Net } from './peers/int8-nets.ts';
import { type Contender, interleave } from './peers/interleave.ts';
import { type PeerProcess, startPeer } from './peers/process.ts';
import { peersPython } from './peers.mjs';
import type { Benchmark, Sample } from './result.ts';

const onnx = ['onnx==1.23.2', 'onnxruntime==1.31.1', 'numpy==2.3.5'];
const litert = ['ai-edge-litert==2.3.0', 'numpy==2.3.5'];

const batches = [1, 32];
const threadCounts = [1, 2];
const rounds = 40;
/** A run repeats its inference until about so many milliseconds have passed. */
const runMs = 4;
/** Threads of the contender before wait actively for more work; by then they sleep. */
const restMs = 4;

/** MCUNet (Lin et al. 2020) for visual wake words, as its authors published it. */
const mcunetFile = join(import.meta.dirname, '../../../shared/golden/tflite/mcunet-vww1-int8.tflite');

/** Mean milliseconds of one call of `run(times)`, over as many as fill a run; how many is found in the first calls. */
function repeated(run: (times: number) => Promise<number>): Contender {
  let times = 0;
  return async () => {
    await setTimeout(restMs);
    if (times === 0) {
      await run(10);
      times = Math.max(1, Math.round(runMs / ((await run(10)) / 10)));
    }
    return (await run(times)) / times;
  };
}

const here =
  (work: () => void): ((times: number) => Promise<number>) =>
  async times => {
    const began = performance.now();
    for (let i = 0; i < times; i++) work();
    return performance.now() - began;
  };

interface Row {
  readonly title: string;
  readonly samples: Readonly<Record<string, Sample>>;
}

/** What runs one network with one batch on so many threads. */
async function contendersOf(
  { program, tflite, onnx: onnxFile, float }: Net,
  { batch, threads, peers }: { readonly batch: number; readonly threads: number; readonly peers: Peers | undefined },
): Promise<Record<string, Contender>> {
  const { prepareProgram } = await import('../../lib/deploy/fast/run.ts');
  const prepared = prepareProgram(program, { threads });
  const inputs = program.inputs.map(index => randomInput(program.tensors[index] as ProgramTensor, batch));
  const peer = (process: PeerProcess, runtime: string, file: string): Contender =>
    repeated(times => process.measure([runtime, file, batch, threads, times].join(';')));
  return {
    ours: repeated(here(() => prepared.run(inputs))),
    ...(float && threads === Number(process.env.TINYLAB_THREADS) && { 'tfjs-node, float32': repeated(here(float(batch))) }),
    ...(peers && { LiteRT: peer(peers.litert, 'litert', tflite), 'ONNX Runtime': peer(peers.onnx, 'onnx', onnxFile) }),
  };
}

interface Peers {
  readonly litert: PeerProcess;
  readonly onnx: PeerProcess;
}

async function startPeers(log: (line: string) => void): Promise<Peers> {
  const script = fileURLToPath(new URL('./peers/int8_runtimes.py', import.meta.url));
  return {
    litert: await startPeer(await peersPython(litert, log), [script]),
    onnx: await startPeer(await peersPython(onnx, log), [script]),
  };
}

/** Integer networks, one inference and 32 at once, on one thread and on two, by our interpreter, by LiteRT with XNNPACK and by ONNX Runtime. */
const run: Benchmark = async ({ peers: withPeers, log }) => {
  process.env.TINYLAB_THREADS = '2';
  const folder = mkdtempSync(join(tmpdir(), 'tinylab-int8-'));
  const { labNet, mcunet } = await import('./peers/int8-nets.ts');
  const nets = [await labNet(folder), ...(existsSync(mcunetFile) ? [await mcunet(folder, mcunetFile)] : [])];
  if (nets.length === 1) log(`MCUNet is left out: there is no ${mcunetFile}`);
  const peers = withPeers ? await startPeers(log) : undefined;
  const rows: Row[] = [];
  try {
    for (const net of nets)
      for (const batch of batches)
        for (const threads of threadCounts) {
          const title = `${net.name}, batch ${batch}, ${threads} thread${threads > 1 ? 's' : ''}`;
          log(title);
          rows.push({ title, samples: await interleave(await contendersOf(net, { batch, threads, peers }), { warm: 2, rounds, log }) });
        }
  } finally {
    peers?.litert.close();
    peers?.onnx.close();
    rmSync(folder, { recursive: true, force: true });
  }
  return resultOf(rows);
};

export default run;

/** ours.min / the fastest other's min. */
function ratioOf({ samples: { ours, ...others } }: Row): number {
  return (ours as Sample).min / Math.min(...Object.values(others).map(({ min }) => min));
}

/** The result is the row that is worst for us. */
function resultOf(rows: readonly Row[]): Awaited<ReturnType<Benchmark>> {
  const worst = rows.toSorted((a, b) => ratioOf(b) - ratioOf(a))[0] as Row;
  const { ours, ...others } = worst.samples as Record<string, Sample> & { ours: Sample };
  const ratio = ratioOf(worst);
  const line = (who: string, { min, median, n }: Sample): string =>
    `${who.padEnd(52)} ${min.toFixed(3).padStart(9)} ${median.toFixed(3).padStart(9)} ms   n=${n}`;
  return {
    name: `int8: ${worst.title}`,
    unit: 'ms',
    ours,
    peers: others,
    ...(Number.isFinite(ratio) && ratio > 0 && { ratio }),
    rows: rows.flatMap(row => [
      ...Object.entries(row.samples).map(([who, sample]) => line(`${row.title}: ${who}`, sample)),
      `${row.title}: ours.min / best other's min = ${ratioOf(row).toFixed(3)}`,
    ]),
  };
}

function randomInput({ shape, type }: ProgramTensor, batch: number): Elements {
  const size = shape.reduce((product, length) => product * length, batch);
  const values = Array.from({ length: size }, (_, i) => ((i * 7919) % 251) - 125);
  return type === 'float32' ? Float32Array.from(values, x => x / 125) : type === 'uint8' ? Uint8Array.from(values) : Int8Array.from(values);
}
