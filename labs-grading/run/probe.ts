import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir, release } from 'node:os';
import { join } from 'node:path';
import { projectFolder } from '../base/project.ts';
import { groupDriver } from './cgroup.ts';
import type { GroupDriver } from './group.ts';
import { defaultLimits, type Limits } from './limits.ts';
import { Sandbox, SandboxDeath } from './sandbox.ts';

export interface Probe {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

export interface ProbeReport {
  /** True when every wall held: only then grading starts. */
  readonly ok: boolean;
  /** What limits memory and processes here. */
  readonly groups: GroupDriver['name'];
  /** True where limits are only watched. Reports of grading repeat it. */
  readonly degraded: boolean;
  readonly probes: readonly Probe[];
}

const limits: Limits = { ...defaultLimits, memoryBytes: 768 * 2 ** 20, diskBytes: 32 * 2 ** 20, pids: 64 };
const cpuMs = 20_000;

/** Probes that leave the sandbox as it was share one; a bomb gets its own. */
const together = [
  'user',
  'capabilities',
  'no new privileges',
  'remount refused',
  'host write refused',
  'project write refused',
  'root write refused',
  'nested namespace refused',
  'system calls refused',
  'unknown system calls refused',
  'network unreachable',
  'hidden files absent',
  'empty environment',
  'descriptors closed',
  'strangers invisible',
  'machine hidden',
  'WebAssembly works',
  'TensorFlow works',
];
const alone = ['fork bomb held', 'disk fill stopped', 'memory bomb killed'];

async function ask(sandbox: Sandbox, name: string): Promise<Probe> {
  try {
    const reply = await sandbox.ask({ op: 'probe', name }, cpuMs);
    if (!reply.ok) return { name, ok: false, detail: reply.fault.message };
    const { held, detail } = reply.value as { held: boolean; detail: string };
    return { name, ok: held === true, detail: String(detail) };
  } catch (error) {
    const state = error instanceof SandboxDeath ? error.state : 'error';
    const expected = name === 'memory bomb killed' && state === 'memory';
    return { name, ok: expected, detail: `${(error as Error).message} ${sandbox.output.text.slice(0, 300)}`.trim() };
  }
}

/** Who the sandbox is on the machine: inside, every user looks like the same one. */
function userOutside(sandbox: Sandbox): Probe {
  const name = 'no root outside';
  const path = `/proc/${sandbox.pid}/status`;
  if (!existsSync(path)) return { name, ok: true, detail: 'the sandbox is gone' };
  const users = readFileSync(path, 'latin1')
    .match(/^Uid:\s+(.*)$/m)?.[1]
    ?.split(/\s+/) ?? ['0'];
  return { name, ok: !users.includes('0'), detail: `user ${users.join(' ')}` };
}

async function inOneSandbox(driver: GroupDriver, names: readonly string[]): Promise<Probe[]> {
  const sandbox = new Sandbox({ project: projectFolder, driver, limits, program: 'probe.ts' });
  const results: Probe[] = [];
  try {
    for (const name of names) results.push(await ask(sandbox, name));
    results.push(userOutside(sandbox));
  } finally {
    await sandbox.close();
  }
  return results;
}

/** Attacks the sandbox on this machine, wall by wall. */
export async function probeSandbox(): Promise<ProbeReport> {
  const driver = groupDriver();
  if (!existsSync('/usr/bin/bwrap')) {
    const missing = { name: 'bubblewrap', ok: false, detail: 'not installed; on Debian and Ubuntu: apt-get install bubblewrap' };
    return { ok: false, groups: driver.name, degraded: driver.degraded, probes: [missing] };
  }
  const probes = await inOneSandbox(driver, together);
  for (const name of alone) probes.push(...(await inOneSandbox(driver, [name])).slice(0, 1));
  return { ok: probes.every(probe => probe.ok), groups: driver.name, degraded: driver.degraded, probes };
}

/** Names what the outcome depends on: this boot of this machine, who asks, the tools, and the sandbox's own code. */
function hostKey(): string {
  const hash = createHash('sha256');
  for (const path of ['/proc/sys/kernel/random/boot_id', '/proc/self/cgroup', '/usr/bin/bwrap']) {
    if (existsSync(path)) hash.update(readFileSync(path));
  }
  const sources = [import.meta.dirname, join(import.meta.dirname, 'inside')];
  for (const folder of sources) {
    const files = readdirSync(folder, { withFileTypes: true }).filter(entry => entry.isFile());
    for (const { name } of files.sort((a, b) => a.name.localeCompare(b.name))) hash.update(readFileSync(join(folder, name)));
  }
  return hash.update(`${release()} ${process.getuid?.()} ${projectFolder} ${process.version}`).digest('hex').slice(0, 32);
}

/** `probeSandbox`, remembered until the machine boots again or anything that matters changes. Only success is remembered. */
export async function probedSandbox(): Promise<ProbeReport> {
  const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'tinylab', 'probes');
  const file = join(cache, `${hostKey()}.json`);
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as ProbeReport;
  const report = await probeSandbox();
  if (report.ok) {
    mkdirSync(cache, { recursive: true });
    writeFileSync(file, JSON.stringify(report));
  }
  return report;
}

if (import.meta.main) {
  const report = await probeSandbox();
  process.stdout.write(`${JSON.stringify(report)}\n`);
  process.exitCode = report.ok ? 0 : 1;
}
