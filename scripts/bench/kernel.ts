import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { KernelClient, kernelArgv } from '../../kernels/jupyter/client.ts';
import { peersNpm } from './peers.mjs';
import type { Benchmark, Sample } from './result.ts';

const root = join(import.meta.dirname, '../..');
const rounds = 5;
const trivialCells = 30;
/** The first cell of the first notebook, about. */
const firstCell = "import { array, fit, loadDataset, mlp } from 'tinylab';";
/** The warm-up after a kernel's first answer has surely ended, and the kernel has tidied up after a cell. */
const warmMs = 5000;
const restMs = 4000;

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
  memoryAtRestMb?: number;
  /** What a notebook's first cell costs that imports the library, in a kernel that has just answered, and in one that was left alone for a while. */
  atOnce?: FirstImport;
  warm?: FirstImport;
}

/** The first cell of a kernel, from the sent request to its reply and idle. */
interface FirstImport {
  /** From the start of the process: a kernel may have made itself ready before its first answer is seen, or after it. */
  readonly sinceStartMs: number;
  readonly wallMs: number;
  /** Processor time of all threads, which a busy machine changes less than the time on the wall. */
  readonly cpuMs: number;
  readonly memoryMb: number;
  /** When the kernel has tidied up. */
  readonly memoryAtRestMb: number;
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
  return {
    name: 'ours',
    argv: kernelArgv(join(root, '.tinylab/python')),
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
  let round: Round;
  try {
    const memoryMb = kernel.residentBytes() / 1e6;
    await kernel.execute('1 + 1');
    const firstCellMs = performance.now() - begin;
    const trivialMs = await trivialTimes(kernel, 'a');
    const linesMs = printsLines
      ? await time(() => kernel.execute('for (let i = 0; i < 100000; i++) console.log("line " + i);'))
      : undefined;
    round = { readyMs: kernel.startMs, firstCellMs, memoryMb, trivialMs, linesMs };
    if (!importsLibrary) return round;
    round.importMs = await time(() => kernel.execute("import { tf } from 'tinylab';"));
    round.trivialAfterImportMs = await trivialTimes(kernel, 'b');
    round.memoryAfterImportMb = kernel.residentBytes() / 1e6;
    await setTimeout(restMs);
    round.memoryAtRestMb = kernel.residentBytes() / 1e6;
  } finally {
    kernel.close();
  }
  round.atOnce = await firstImport({ argv, cwd, waitMs: 0 });
  round.warm = await firstImport({ argv, cwd, waitMs: warmMs });
  return round;
}

async function firstImport({ argv, cwd, waitMs }: { argv: readonly string[]; cwd: string; waitMs: number }): Promise<FirstImport> {
  const begin = performance.now();
  const kernel = await KernelClient.start(argv, { cwd, transport: 'tcp' });
  try {
    if (waitMs) await setTimeout(waitMs);
    const before = processorMs(kernel);
    const wallMs = await time(() => kernel.execute(firstCell));
    const sinceStartMs = performance.now() - begin;
    const cpuMs = processorMs(kernel) - before;
    const memoryMb = kernel.residentBytes() / 1e6;
    await setTimeout(restMs);
    return { sinceStartMs, wallMs, cpuMs, memoryMb, memoryAtRestMb: kernel.residentBytes() / 1e6 };
  } finally {
    kernel.close();
  }
}

/** Processor time that the kernel's process has used so far, all threads together, in steps of 10 ms. */
function processorMs(kernel: KernelClient): number {
  const fields = readFileSync(`/proc/${kernel.process.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
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
  const firstImportRows = (when: string, pick: (round: Round) => FirstImport | undefined) => [
    ...row(`import as first cell, ${when}`, round => pick(round)?.wallMs, 'ms'),
    ...row('  its processor time', round => pick(round)?.cpuMs, 'ms'),
    ...row('  memory after it', round => pick(round)?.memoryMb, 'MB'),
    ...row('  memory when tidied up', round => pick(round)?.memoryAtRestMb, 'MB'),
  ];
  return [
    ...row('ready', round => round.readyMs, 'ms'),
    ...row('first cell done after start', round => round.firstCellMs, 'ms'),
    ...row('memory when ready', round => round.memoryMb, 'MB'),
    ...row('trivial cell', round => round.trivialMs, 'ms'),
    ...row('100,000 lines', round => round.linesMs, 'ms'),
    ...row('first import of the library', round => round.importMs, 'ms'),
    ...row('trivial cell after the import', round => round.trivialAfterImportMs, 'ms'),
    ...row('memory after the import', round => round.memoryAfterImportMb, 'MB'),
    ...row('  when tidied up', round => round.memoryAtRestMb, 'MB'),
    ...row('first import done after start', round => round.atOnce?.sinceStartMs, 'ms'),
    ...firstImportRows('at once', round => round.atOnce),
    ...firstImportRows('warm', round => round.warm),
  ];
}
