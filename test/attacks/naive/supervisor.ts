// A grader as graders are often written, inside a cage that keeps its mistakes from the machine: it trusts files, output, pipes and JSON.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Duplex, Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { unzipNaively } from './unzip.ts';

type Json = Record<string, unknown>;
const work = '/lab/work';
const students = process.argv.slice(2);
const tests = `(function testAdd(add) {
  var cases = [[-7310977, 8190127, 879150], [3, 4, 7]];
  for (var i = 0; i < cases.length; i++) ask(add, cases[i][0], cases[i][1], cases[i][2]);
  function ask(add, a, b, want) {
    var got = add(a, b);
    var same = typeof got === 'object' && got !== null ? got.equals(want) : !(Math.abs(got - want) > 1e-9);
    assert.ok(same, 'add(' + a + ', ' + b + ') is ' + got + ', not ' + want);
  }
})`;

/** Puts the keys of one object into another, at any depth. */
function merge(into: Json, from: Json): Json {
  for (const key of Object.keys(from)) {
    const value = from[key];
    if (typeof value === 'object' && value !== null) {
      into[key] ??= {};
      merge(into[key] as Json, value as Json);
    } else into[key] = value;
  }
  return into;
}

const readJson = (path: string): Json => JSON.parse(readFileSync(path, 'utf8')) as Json;
const verdict = (passed: unknown): 'passed' | 'failed' | undefined => (passed === undefined ? undefined : passed ? 'passed' : 'failed');

function commandLines(): string[] {
  const pids = readdirSync('/proc').filter(name => /^\d+$/.test(name));
  return pids.flatMap(pid =>
    existsSync(`/proc/${pid}/cmdline`) ? [readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ')] : [],
  );
}

function residentBytes({ pid }: ChildProcess): number {
  try {
    return 1024 * Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

function filesBelow(folder: string): { path: string; size: number }[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.map(({ parentPath, name }) => ({ path: join(parentPath, name), size: lstatSync(join(parentPath, name)).size }));
}

/** Reads frames from a pipe: a length, and JSON of that length. */
function frames(pipe: Duplex, take: (frame: Json) => void): void {
  let held = Buffer.alloc(0);
  pipe.on('data', (chunk: Buffer) => {
    held = Buffer.concat([held, chunk]);
    while (held.length >= 4) {
      const body = Buffer.alloc(held.readUInt32BE(0), 0);
      if (held.length < 4 + body.length) return;
      take(JSON.parse(held.subarray(4, 4 + body.length).toString()) as Json);
      held = held.subarray(4 + body.length);
    }
  });
  pipe.on('error', () => {});
}

const seen = { connections: 0, printed: 0, text: '', channel: undefined as unknown, resident: 0, processes: 0, hung: false };
const listeners = [createServer(() => seen.connections++), createServer(() => seen.connections++)];
listeners[0]?.listen(45_871, '127.0.0.1');
listeners[1]?.listen('\0tinylab-exfiltration');

async function run(): Promise<{ code: number | null; signal: string | null }> {
  const child = spawn(process.execPath, ['--no-warnings', '/naive/runner.ts'], {
    cwd: work,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    detached: true,
  });
  for (const pipe of [child.stdout, child.stderr] as Readable[])
    pipe.on('data', (chunk: Buffer) => {
      seen.printed += chunk.length;
      if (seen.text.length < 2 ** 20) seen.text += chunk.toString();
    });
  frames(child.stdio[3] as Duplex, frame => {
    seen.channel = frame.add ?? seen.channel;
    merge({}, frame);
  });
  const stop = performance.now() + Number(process.env.NAIVE_MS);
  const end = new Promise<{ code: number | null; signal: string | null }>(resolve =>
    child.once('exit', (code, signal) => resolve({ code, signal })),
  );
  const over = end.then(() => true);
  while (!(await Promise.race([over, sleep(40)]))) {
    seen.resident = Math.max(seen.resident, residentBytes(child));
    seen.processes = Math.max(seen.processes, commandLines().length);
    seen.hung = performance.now() > stop;
    if (seen.hung || seen.printed > 2 ** 25) child.kill('SIGKILL');
  }
  return end;
}

let ended: Awaited<ReturnType<typeof run>> = { code: null, signal: null };
mkdirSync('/lab/node_modules/checker', { recursive: true });
writeFileSync('/lab/node_modules/checker/index.js', 'module.exports = (test, add) => test(add);');
for (const student of students) {
  rmSync(work, { recursive: true, force: true });
  writeFileSync('/lab/tests.js', tests);
  // Links become what they lead to, and a pipe is waited for.
  cpSync(`/class/${student}`, work, { recursive: true, dereference: true });
  if (existsSync(`${work}/hand-in.zip`)) unzipNaively(readFileSync(`${work}/hand-in.zip`), work);
  for (const name of readdirSync(work)) spawnSync('/bin/sh', ['-c', `wc -c ${work}/${name}`], { cwd: '/lab' });
  ended = await run();
}
await sleep(300);

const saved = readFileSync(join(work, 'attack-lab.ipynb'), 'utf8');
const submitted = JSON.parse(saved) as { cells: { metadata?: { nbgrader?: { points?: number } }; outputs?: unknown[] }[] };
const outputs = JSON.stringify(submitted.cells.flatMap(cell => cell.outputs ?? []));
merge({}, submitted as unknown as Json);
const numbers = [`/class/${students.at(-1)}`, work].map(folder => `${folder}/deliverables/numbers.json`).find(path => existsSync(path));
const handedIn = numbers ? readJson(numbers) : {};
merge({}, handedIn);
const manifest = existsSync(`${work}/manifest.json`)
  ? ['', ...Object.keys(readJson(`${work}/manifest.json`).files as Json)].join('\n')
  : '';
const results = existsSync(`${work}/results.json`) ? readJson(`${work}/results.json`) : undefined;
const written = [...filesBelow(work), ...filesBelow('/tmp'), ...filesBelow('/dev/shm')];
const last = [...seen.text.matchAll(/^add: (passed|failed)$/gm)].at(-1)?.[1];
const outcome = {
  verdicts: {
    stdout: verdict(last === undefined ? undefined : last === 'passed'),
    file: verdict(results?.add),
    channel: verdict(seen.channel),
    exit: verdict(ended.code === 0),
    cells: verdict(results?.cells),
    saved: verdict(outputs.includes('add: passed')),
  },
  numbers: verdict(JSON.stringify((handedIn.value as { items?: unknown })?.items) === '[1,2,3]' || handedIn.passed === true),
  points: submitted.cells.reduce((sum, { metadata }) => sum + (metadata?.nbgrader?.points ?? 0), 0),
  signal: ended.signal,
  hung: seen.hung,
  printedBytes: seen.printed,
  diskBytes: written.reduce((sum, { size }) => sum + size, 0),
  files: written.length,
  residentBytes: seen.resident,
  processes: seen.processes,
  lingering: commandLines().filter(line => line.includes('98761')),
  connections: seen.connections,
  polluted: Object.keys(Object.prototype).length > 0 || 'passed' in {},
  page: `<pre>${seen.text.slice(0, 100_000)}</pre>${(submitted.cells.flatMap(cell => cell.outputs ?? []) as { data?: Record<string, string> }[]).map(({ data }) => data?.['text/html'] ?? data?.['image/svg+xml'] ?? '').join('')}`,
  stray: ['/lab/tinylab-pwned', '/tmp/tinylab-pwned', '/tmp/tinylab-shared'].filter(path => existsSync(path)),
  told: seen.text.slice(0, 20_000) + manifest,
  graderCrashed: false,
};
process.stdout.write(`${JSON.stringify(outcome)}\n`);
process.exit(0);
