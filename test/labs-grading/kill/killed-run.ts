import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { random } from '../../../lib/tensor/random.ts';
import { family, type ProcessKind } from './processes.ts';

const project = join(import.meta.dirname, '../../..');
const lab = join(import.meta.dirname, '../fixtures/mini-lab');
const kinds: readonly ProcessKind[] = ['worker', 'supervisor', 'checker', 'sandbox', 'converter'];

export interface Run {
  /** sha256 of grades.json. */
  readonly grades: string;
  readonly students: number;
  /** What was killed: processes that were alive, and died of it. */
  readonly killed: readonly ProcessKind[];
  readonly starts: number;
  readonly wallMs: number;
  /** The supervisor's own memory, in MiB, each time it was looked at while submissions were graded. */
  readonly residentMiB: readonly number[];
}

interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  readonly out: () => string;
  readonly err: () => string;
}

function grade(course: string, source: readonly string[]): Started {
  const args = [
    join(project, 'labs-grading/cli.ts'),
    'grade',
    lab,
    ...source,
    '--json',
    '--workers',
    '2',
    '--seed',
    '1',
    '--course',
    course,
  ];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stdout.on('data', chunk => (out += chunk));
  child.stderr.on('data', chunk => (err += chunk));
  const ended = new Promise<number | null>(resolve => child.once('close', code => resolve(code)));
  return { child, ended, out: () => out, err: () => err };
}

export interface Disturbance {
  readonly course: string;
  readonly source: string;
  /** Different answers in the class; the rest is graded as equal. */
  readonly distinct: number;
  readonly kills: number;
  readonly seed: number;
}

/**
 * Grades a class while processes of each kind are killed in turn, and starts again until all is graded. The kills are spread over the work:
 * each comes at a random moment of its share of it.
 */
export async function gradeUnderKills({ course, source, distinct, kills, seed }: Disturbance): Promise<Run> {
  const begun = performance.now();
  const killed: ProcessKind[] = [];
  const residentMiB: number[] = [];
  const rng = random(seed);
  let before = 0;
  for (let starts = 1; starts <= kills + 5; starts++) {
    const run = grade(course, [source]);
    const supervisor = run.child.pid as number;
    const over = new AbortController();
    const code = run.ended.finally(() => over.abort());
    let due = Number.POSITIVE_INFINITY;
    while (!over.signal.aborted) {
      await sleep(20 + rng.next() * 100, undefined, { signal: over.signal }).catch(() => {});
      const graded = before + ranOf(run.err());
      if (graded > before) residentMiB.push(...resident(supervisor));
      if (killed.length < kills && due === Number.POSITIVE_INFINITY)
        due = Math.floor(((killed.length + rng.next()) / (kills + 1)) * distinct);
      const kind = kinds[killed.length % kinds.length] as ProcessKind;
      if (killed.length === kills || graded < due || !(await killOne(supervisor, kind, rng.next()))) continue;
      killed.push(kind);
      due = Number.POSITIVE_INFINITY;
    }
    const ended = await code;
    before += ranOf(run.err());
    if (ended === 0) {
      const grades = createHash('sha256').update(run.out()).digest('hex');
      const { students } = JSON.parse(run.out()) as { students: unknown[] };
      return { grades, students: students.length, killed, starts, wallMs: performance.now() - begun, residentMiB };
    }
    if (ended !== null && ended !== 1) throw new Error(`grade ended with ${ended}: ${run.err().slice(-2_000)}`);
  }
  throw new Error('It was started again and again and never came to an end.');
}

/** How many submissions were run, and not taken over from an equal one. */
const ranOf = (err: string): number => err.match(/ s, CPU /g)?.length ?? 0;

/** Kills one live process of the kind, anywhere below the supervisor; tells whether there was one, and it died. */
async function killOne(supervisor: number, kind: ProcessKind, at: number): Promise<boolean> {
  const candidates = kind === 'supervisor' ? [{ pid: supervisor }] : family(supervisor).filter(found => found.kind === kind);
  const victim = candidates[Math.floor(at * candidates.length)];
  if (!victim) return false;
  try {
    process.kill(victim.pid, 'SIGKILL');
  } catch {
    return false;
  }
  for (let tries = 0; tries < 500; tries++) {
    if (!existsSync(`/proc/${victim.pid}`) || family(victim.pid).length === 0) return true;
    await sleep(10);
  }
  throw new Error(`${kind} ${victim.pid} outlived SIGKILL.`);
}

function resident(pid: number): number[] {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return [Math.round(Number(/^RssAnon:\s+(\d+)/m.exec(status)?.[1]) / 1024)].filter(Number.isFinite);
  } catch {
    return [];
  }
}
