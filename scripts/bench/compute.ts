import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createContext } from '../setup/context.mjs';
import { compiler } from '../setup/system.mjs';
import type { Peak, Peers, Row, Ways } from './compute/row.ts';
import { type Contender, interleave } from './peers/interleave.ts';
import { type PeerProcess, startPeer } from './peers/process.ts';
import { peersNpm, peersPython } from './peers.mjs';
import type { Benchmark, Sample } from './result.ts';

const rounds = 100;
/** Slow ways take 100 times as long as the fast ones: they run in the first rounds only. */
const slowRounds = 3;

const onnx = ['onnx==1.23.2', 'onnxruntime==1.31.1', 'numpy==2.3.5'];
const wasm = ['@tensorflow/tfjs-core@4.22.0', '@tensorflow/tfjs-backend-wasm@4.22.0'];
const program = (name: string): string => join(import.meta.dirname, 'peers', name);
/** What a peak's program computes in the time that it tells. */
const peakOperations = 2 * 512 ** 3;

interface Measured {
  readonly row: Row;
  /** A way's name → its times; absent where the machine has no way. */
  readonly samples: Readonly<Record<string, Sample>>;
  readonly peers: ReadonlySet<string>;
  readonly peaks: Readonly<Partial<Record<Peak, Sample>>>;
}

/** The rows of `compute/`, on one thread, beside the processor's peaks and, with --peers, other libraries: all of a row in one run and in processor time. */
const run: Benchmark = async ({ peers: withPeers, log }) => {
  process.env.TINYLAB_THREADS = '1';
  const peak = process.arch === 'x64' ? await startPeak() : undefined;
  const peers = withPeers ? await startPeers(log) : undefined;
  const measured: Measured[] = [];
  const absent: string[] = [];
  try {
    for (const row of await rows()) {
      log(row.title);
      const ours = await row.ours();
      if (typeof ours === 'string') absent.push(`${row.title}: absent, ${ours}`);
      else measured.push(await measure(row, { ours, peak, peers, log }));
    }
  } finally {
    for (const process of [peak, peers?.python, peers?.wasm]) process?.close();
  }
  return resultOf(measured, absent);
};

export default run;

async function rows(): Promise<Row[]> {
  const files = readdirSync(join(import.meta.dirname, 'compute')).filter(file => file.endsWith('.ts') && file !== 'row.ts');
  return Promise.all(files.map(async file => ((await import(`./compute/${file}`)) as { default: Row }).default));
}

interface Around {
  readonly ours: Ways;
  readonly peak: PeerProcess | undefined;
  readonly peers: Peers | undefined;
  readonly log: (line: string) => void;
}

async function measure(row: Row, { ours, peak, peers, log }: Around): Promise<Measured> {
  const theirs = { ...(ours['tfjs-node'] && { 'tfjs-node': ours['tfjs-node'] }), ...(peers && row.peers(peers)) };
  const all: Record<string, Contender> = { ...ours, ...theirs };
  const isSlow = ([name]: readonly [string, Contender]): boolean => row.slow?.includes(name) ?? false;
  const few = Object.fromEntries(Object.entries(all).filter(isSlow));
  const others = Object.fromEntries(Object.entries(all).filter(entry => !isSlow(entry)));
  for (const name of peak ? row.peaks : []) others[name] = () => (peak as PeerProcess).measure(name);
  const samples = {
    ...(await interleave(few, { warm: 0, rounds: slowRounds, log })),
    ...(await interleave(others, { warm: 5, rounds, log })),
  };
  const isPeak = ([name]: readonly [string, Sample]): boolean => row.peaks.some(of => of === name);
  const found = Object.entries(samples);
  return {
    row,
    samples: Object.fromEntries(found.filter(entry => !isPeak(entry))),
    peers: new Set(Object.keys(theirs)),
    peaks: Object.fromEntries(found.filter(entry => isPeak(entry) && entry[1].min > 0)),
  };
}

/** The program that measures the peak, compiled for this run. */
async function startPeak(): Promise<PeerProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'tinylab-peak-'));
  const built = join(folder, 'peak');
  try {
    execFileSync(compiler(createContext()), ['-O2', '-o', built, program('peak.cc')]);
    return await startPeer(built, []);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function startPeers(log: (line: string) => void): Promise<Peers> {
  const python = await startPeer(await peersPython(onnx, log), [program('compute_runtimes.py')]);
  try {
    return { python, wasm: await startPeer(process.execPath, [program('tfjs-wasm.mjs'), await peersNpm(wasm, log)]) };
  } catch (error) {
    log(`tfjs-wasm is left out: ${error instanceof Error ? error.message : String(error)}`);
    return { python, wasm: undefined };
  }
}

/** ours.min / the fastest peer's min. */
function ratioOf({ samples, peers }: Measured): number | undefined {
  const theirs = Object.entries(samples).flatMap(([name, { min }]) => (peers.has(name) ? [min] : []));
  return theirs.length === 0 ? undefined : (samples.ours as Sample).min / Math.min(...theirs);
}

function linesOf(measured: Measured): string[] {
  const { row, samples, peaks } = measured;
  const ratio = ratioOf(measured);
  const lines = Object.entries(samples).map(([name, { min, median, n }]) => {
    const of = Object.entries(peaks).map(([peak, { min: least }]) => {
      const fraction = (100 * row.operations * least) / min / peakOperations;
      return `${fraction.toFixed(1).padStart(5)} % of ${peak}`;
    });
    const rate = (row.operations / min / 1e6).toFixed(1).padStart(7);
    return `  ${name.padEnd(36)} ${min.toFixed(3).padStart(9)} ${median.toFixed(3).padStart(9)} ms  n=${n}  ${rate} ${row.unit}  ${of.join('  ')}`;
  });
  const last = ratio === undefined ? [] : [`  ours.min / best peer's min = ${ratio.toFixed(3)}`];
  const missing = row.peaks
    .filter(name => !peaks[name])
    .map(name => `  ${name}: absent, the processor or its peak's program has no such instruction`);
  return [row.title, ...lines, ...missing, ...last];
}

/** The result is the row that is worst for us. */
function resultOf(measured: readonly Measured[], absent: readonly string[]): Awaited<ReturnType<Benchmark>> {
  const worst = measured.toSorted((a, b) => (ratioOf(b) ?? 0) - (ratioOf(a) ?? 0))[0];
  if (!worst) throw new Error(`No row of the benchmark runs here:\n${absent.join('\n')}`);
  const ratio = ratioOf(worst);
  return {
    name: `compute: ${worst.row.title}, one thread`,
    unit: 'ms',
    ours: worst.samples.ours as Sample,
    peers: Object.fromEntries(Object.entries(worst.samples).filter(([name]) => worst.peers.has(name))),
    ...(ratio !== undefined && { ratio }),
    rows: [...measured.flatMap(linesOf), ...absent],
  };
}
