import { mkdtempSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KernelClient } from '../../kernels/jupyter/client.ts';
import { peersNpm } from './peers.mjs';
import type { Benchmark, Sample } from './result.ts';

const root = join(import.meta.dirname, '../..');
const rounds = 5;
const trivialCells = 30;

/** One start of a kernel, measured at the wire. Milliseconds and megabytes; undefined where the kernel has no such thing. */
interface Round {
  readyMs: number;
  firstCellMs: number;
  memoryMb: number;
  trivialMs: number[];
  linesMs?: number | undefined;
  importMs?: number;
  trivialAfterImportMs?: number[];
  memoryAfterImportMb?: number;
}

interface Contender {
  readonly name: string;
  readonly argv: readonly string[];
  readonly cwd: string;
  /** Stock tslab loses the end of a cell that prints more than some 500 lines, and never says so. */
  readonly printsLines: boolean;
  readonly importsLibrary: boolean;
}

const run: Benchmark = async ({ peers, log }) => {
  const contenders = [ours(), ...(peers ? await others(log) : [])];
  const measured = new Map(contenders.map(({ name }) => [name, [] as Round[]]));
  for (let round = 0; round < rounds; round++) {
    for (const contender of contenders) {
      log(`round ${round + 1} of ${rounds}: ${contender.name}`);
      measured.get(contender.name)?.push(await measure(contender));
    }
  }
  const trivial = (name: string) => sample(measured.get(name)?.flatMap(({ trivialMs }) => trivialMs) ?? []);
  const best = Math.min(...contenders.slice(1).map(({ name }) => trivial(name).min));
  const mine = trivial('ours');
  return {
    name: 'kernel: trivial cell at the wire',
    unit: 'ms',
    ours: mine,
    peers: Object.fromEntries(contenders.slice(1).map(({ name }) => [name, trivial(name)])),
    ...(peers && { ratio: mine.min / best }),
    rows: contenders.flatMap(({ name }) => rows(name, measured.get(name) ?? [])),
  };
};

export default run;

function ours(): Contender {
  const argv = [process.execPath, '--max-semi-space-size=8', '--no-force-async-hooks-checks', join(root, 'kernels/jupyter/main.ts')];
  return {
    name: 'ours',
    argv: [...argv, '--config-path', '{connection_file}'],
    cwd: join(root, 'notebooks'),
    printsLines: true,
    importsLibrary: true,
  };
}

async function others(log: (line: string) => void): Promise<Contender[]> {
  const tslab = createRequire(import.meta.url)
    .resolve('tslab/package.json')
    .replace('package.json', 'bin/tslab');
  const deno = join(await peersNpm(['deno@2.9.6'], log), 'node_modules/.bin/deno');
  const cwd = mkdtempSync(join(tmpdir(), 'tinylab-bench-'));
  writeFileSync(join(cwd, 'package.json'), '{ "private": true }');
  const common = { cwd, importsLibrary: false };
  return [
    { name: 'tslab', argv: [process.execPath, tslab, 'kernel', '--config-path', '{connection_file}'], printsLines: false, ...common },
    { name: 'deno', argv: [deno, 'jupyter', '--kernel', '--conn', '{connection_file}'], printsLines: true, ...common },
  ];
}

async function measure({ argv, cwd, printsLines, importsLibrary }: Contender): Promise<Round> {
  const begin = performance.now();
  const kernel = await KernelClient.start(argv, { cwd, transport: 'tcp' });
  try {
    const memoryMb = kernel.residentBytes() / 1e6;
    await kernel.execute('1 + 1');
    const firstCellMs = performance.now() - begin;
    const trivialMs = await trivialTimes(kernel, 'a');
    const linesMs = printsLines
      ? await time(() => kernel.execute('for (let i = 0; i < 100000; i++) console.log("line " + i);'))
      : undefined;
    const round: Round = { readyMs: kernel.startMs, firstCellMs, memoryMb, trivialMs, linesMs };
    if (!importsLibrary) return round;
    round.importMs = await time(() => kernel.execute("import { tf } from 'tinylab';"));
    round.trivialAfterImportMs = await trivialTimes(kernel, 'b');
    round.memoryAfterImportMb = kernel.residentBytes() / 1e6;
    return round;
  } finally {
    kernel.close();
  }
}

async function trivialTimes(kernel: KernelClient, prefix: string): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < trivialCells; i++) times.push(await time(() => kernel.execute(`const ${prefix}${i} = ${i}; ${prefix}${i}`)));
  return times;
}

async function time(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}

function sample(values: readonly number[]): Sample {
  const sorted = values.toSorted((a, b) => a - b);
  return { min: sorted[0] ?? Number.NaN, median: sorted[Math.floor(sorted.length / 2)] ?? Number.NaN, n: sorted.length };
}

function rows(name: string, measured: readonly Round[]): string[] {
  const row = (title: string, pick: (round: Round) => number | number[] | undefined, unit: string) => {
    const values = measured.flatMap(round => pick(round) ?? []);
    if (!values.length) return [];
    const { min, median, n } = sample(values);
    return [`${name.padEnd(6)} ${title.padEnd(30)} ${min.toFixed(1).padStart(8)} ${median.toFixed(1).padStart(8)} ${unit}   n=${n}`];
  };
  return [
    ...row('ready', round => round.readyMs, 'ms'),
    ...row('first cell done after start', round => round.firstCellMs, 'ms'),
    ...row('memory when ready', round => round.memoryMb, 'MB'),
    ...row('trivial cell', round => round.trivialMs, 'ms'),
    ...row('100,000 lines', round => round.linesMs, 'ms'),
    ...row('first import of the library', round => round.importMs, 'ms'),
    ...row('trivial cell after the import', round => round.trivialAfterImportMs, 'ms'),
    ...row('memory after the import', round => round.memoryAfterImportMb, 'MB'),
  ];
}
