import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { headers, wheels } from '../../../scripts/setup/wheels.mjs';

export const project: string = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '');
const driver = fileURLToPath(new URL('driver.mjs', import.meta.url));

/** An empty folder that goes away with the test. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tinylab-setup-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export type Scratch = { root: string; env: Record<string, string>; cache: string };

/** A project folder and a cache folder of a test's own. */
export function scratchProject(extra: Record<string, string> = {}): Scratch {
  const folder = scratchFolder();
  const root = join(folder, 'project');
  mkdirSync(root);
  const env = { PATH: process.env.PATH ?? '', HOME: folder, XDG_CACHE_HOME: join(folder, 'cache'), ...extra };
  return { root, env, cache: join(folder, 'cache/tinylab') };
}

/** The fields of the wheel table for a wheel of a few kilobytes that has the members of the real one, and its path. */
export function smallWheel(folder: string, filling = 'x'): { path: string; wheels: Record<string, object> } {
  const real = wheels['linux-x64'];
  const path = join(folder, real.file);
  const libraries = Object.values(real.libraries).map(name => `tensorflow/${name}`);
  const members = [...libraries, ...headers.map((header: string) => `tensorflow/include/${header}`)];
  const script =
    'import sys, zipfile\nwith zipfile.ZipFile(sys.argv[1], "w") as z:\n  for m in sys.argv[3:]: z.writestr(m, sys.argv[2] * 3000)\n' +
    '  z.writestr("tensorflow_cpu-2.21.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: tensorflow-cpu\\nVersion: 2.21.0\\n")\n' +
    '  z.writestr("tensorflow_cpu-2.21.0.dist-info/WHEEL", "Wheel-Version: 1.0\\nTag: cp311-cp311-manylinux_2_27_x86_64\\n")\n' +
    '  z.writestr("tensorflow_cpu-2.21.0.dist-info/RECORD", "")\n';
  execFileSync('python3', ['-c', script, path, filling, ...members]);
  const sha256 = createHash('sha256').update(readFileSync(path)).digest('hex');
  return { path, wheels: { 'linux-x64': { ...real, sha256, bytes: statSync(path).size } } };
}

export type Run = { child: ChildProcess; said: () => string; ended: Promise<{ code: number | null; output: string }> };

/** Starts set-up with some steps in a process of its own, optionally behind another program (`unshare …`). */
export function startSetUp(options: Scratch & { steps: string[] } & Record<string, unknown>, before: string[] = []): Run {
  const [program, ...args] = [...before, process.execPath, driver, JSON.stringify(options)];
  const child = spawn(program as string, args, { env: { ...process.env, ...options.env } });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', chunk => {
      output += chunk;
    });
  }
  const ended = new Promise<{ code: number | null; output: string }>(resolve => {
    child.on('close', code => resolve({ code, output }));
  });
  return { child, said: () => output, ended };
}

/** Waits for something to become true; fails by name when it does not. */
export async function until(what: string, condition: () => boolean, limitMs = 60_000): Promise<void> {
  const end = Date.now() + limitMs;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`never happened: ${what}`);
    await new Promise(resolve => setTimeout(resolve, 25));
  }
}

/** Everything below a folder, as relative paths; [] when it is not there. */
export function below(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter(entry => !entry.isDirectory())
      .map(entry => join(entry.parentPath, entry.name).slice(folder.length + 1))
      .sort();
  } catch {
    return [];
  }
}
