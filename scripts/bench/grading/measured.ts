import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { groupDriver } from '../../../labs-grading/run/cgroup.ts';
import { groupPrefix } from '../../../labs-grading/run/group.ts';

export interface Measured {
  readonly wallMs: number;
  /** CPU of the command and of everything below it, sandboxes included; undefined where control groups do not nest. */
  readonly cpuMs: number | undefined;
  /** Resident megabytes of the command itself, from the first quarter of the run on. */
  readonly residentMb: { readonly least: number; readonly most: number };
  readonly out: string;
}

export interface MeasuredOptions {
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
}

let count = 0;

/** Runs a command in a control group of its own. Sandboxes that it starts are groups below that one. @throws Error when it fails. */
export async function measured(command: readonly string[], { cwd, env = process.env }: MeasuredOptions): Promise<Measured> {
  const driver = groupDriver();
  const group = driver.create(`${groupPrefix}${process.pid}-bench-${++count}`, { memoryBytes: 2 ** 36, pids: 4096 });
  const join = `for file in ${group.joinFiles.join(' ')}; do echo $$ >"$file"; done; exec "$@"`;
  const begin = performance.now();
  const child = spawn('/bin/bash', ['-c', join, 'bench', ...command], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const chunks: Buffer[] = [];
  child.stdout.on('data', chunk => chunks.push(chunk));
  child.stderr.on('data', chunk => chunks.push(chunk));
  const ended = new Promise<number | null>(resolve => child.once('close', resolve));
  const sizes = await residentWhile(child.pid as number, ended);
  const code = await ended;
  const wallMs = performance.now() - begin;
  const out = Buffer.concat(chunks).toString();
  const cpuMs = driver.name === 'cgroup v1' ? group.cpuMs() : undefined;
  await group.remove();
  if (code !== 0) throw new Error(`${command.slice(0, 4).join(' ')} ended with ${code}: ${out.slice(-2_000)}`);
  const later = sizes.slice(Math.floor(sizes.length / 4));
  return { wallMs, cpuMs, residentMb: { least: Math.min(...later), most: Math.max(...later) }, out };
}

async function residentWhile(pid: number, ended: Promise<unknown>): Promise<number[]> {
  const sizes: number[] = [];
  let running = true;
  void ended.then(() => {
    running = false;
  });
  while (running) {
    const size = residentMb(pid);
    if (size !== undefined) sizes.push(size);
    await Promise.race([sleep(100), ended]);
  }
  return sizes;
}

function residentMb(pid: number): number | undefined {
  try {
    return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? Number.NaN) / 1024 || undefined;
  } catch {
    return undefined;
  }
}
