import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LabError } from '../../tensor/errors.ts';
import { kernelHost } from '../../tensor/host.ts';

/** Works in a temporary folder that goes away afterwards, also when this process is ended meanwhile. */
export async function inTemporaryFolder<Value>(work: (folder: string) => Promise<Value>): Promise<Value> {
  const folder = mkdtempSync(join(tmpdir(), 'tinylab-mcu-'));
  folders.add(folder);
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    folders.delete(folder);
  }
}

/** How a program runs. */
export interface ProcessOptions {
  /** The folder that it runs in. */
  readonly cwd?: string;
  /** Ends it after so many milliseconds, with the error. */
  readonly deadline?: { readonly milliseconds: number; readonly late: () => LabError };
  /** Ends it when it fires; a notebook's interrupt does so in any case. */
  readonly signal?: AbortSignal | undefined;
}

/** How a program ended. */
export interface ProcessResult {
  /** Its exit code, or the name of the signal that ended it. */
  readonly code: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

/** The most that is kept of what a program prints. */
const most = 1 << 20;

/**
 * Runs a program to its end. It leads a process group of its own, which ends when the caller is interrupted, late or ends itself: a compiler starts
 * others.
 * @throws LabError `mcu/endless` or what `deadline.late` says; the reason of an interrupt; the system's error when it does not start.
 */
export async function runProcess(command: string, args: readonly string[], options: ProcessOptions = {}): Promise<ProcessResult> {
  const { cwd, deadline } = options;
  const signals = [options.signal, kernelHost()?.signal()].filter(signal => signal !== undefined);
  for (const signal of signals) signal.throwIfAborted();
  const child = spawn(command, args, { cwd, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  watch(child);
  const { promise, resolve, reject } = Promise.withResolvers<number | string>();
  child.once('error', reject);
  child.once('close', (code, signal) => resolve(code ?? signal ?? 'unknown'));
  let stopped: unknown;
  const stop = (reason: unknown): void => {
    stopped ??= reason;
    endGroup(child);
  };
  const interrupts = signals.map(signal => ({ signal, heard: () => stop(signal.reason) }));
  for (const { signal, heard } of interrupts) signal.addEventListener('abort', heard);
  const timer = deadline && setTimeout(() => stop(deadline.late()), deadline.milliseconds);
  const [stdout, stderr] = [child.stdout, child.stderr].map(heardOf) as [() => string, () => string];
  try {
    const code = await promise;
    if (stopped !== undefined) throw stopped;
    return { code, stdout: stdout(), stderr: stderr() };
  } finally {
    clearTimeout(timer);
    for (const { signal, heard } of interrupts) signal.removeEventListener('abort', heard);
  }
}

function heardOf(stream: NodeJS.ReadableStream): () => string {
  let text = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    if (text.length < most) text += chunk;
  });
  return () => text;
}

function endGroup(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // it has ended already
  }
}

const running = new Set<ChildProcess>();
const folders = new Set<string>();
const endAll = (): void => {
  for (const child of running) endGroup(child);
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
};

/** Ends what runs, and then this process as if nobody had listened. */
function dying(name: NodeJS.Signals): void {
  endAll();
  forget();
  process.kill(process.pid, name);
}

const deaths = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const forget = (): void => {
  process.off('exit', endAll);
  for (const name of deaths) process.off(name, dying);
};

/**
 * Sees to it that a child ends with this process. A signal is answered only where nobody else answers it: a kernel of notebooks, for example, goes on after one.
 */
function watch(child: ChildProcess): void {
  if (running.size === 0) {
    process.on('exit', endAll);
    for (const name of deaths) if (process.listenerCount(name) === 0) process.on(name, dying);
  }
  running.add(child);
  const gone = (): void => {
    running.delete(child);
    if (running.size === 0) forget();
  };
  child.once('error', gone);
  child.once('close', gone);
}
