import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Group, type GroupDriver, type GroupLimits, type GroupPlaces, type MemoryDeath, periodUs, removeFolder } from './group.ts';

const controllers = ['memory', 'pids'];

/** Taken where it is offered: time is counted without it, so a machine that keeps it for itself still grades. */
const wished = ['cpu'];

/** Makes a group's folder, in which the kernel puts files; returns what takes it away. A test does as the kernel does. */
type Make = (folder: string) => () => void;

const make: Make = folder => {
  mkdirSync(folder);
  return () => rmdirSync(folder);
};

function words(path: string): string[] {
  return existsSync(path) ? readFileSync(path, 'utf8').trim().split(/\s+/) : [];
}

/** A field of a flat keyed file, such as `oom_kill 3` in memory.events. */
function field(path: string, name: string): number {
  const line = readFileSync(path, 'utf8').match(new RegExp(`^${name} (\\d+)$`, 'm'));
  return Number(line?.[1] ?? 0);
}

/** Tells whether children of this folder get both controllers and may be made by us. A mounted v2 hierarchy may well have none. */
function offers(folder: string, made: Make): boolean {
  const available = words(join(folder, 'cgroup.controllers'));
  if (!controllers.every(name => available.includes(name))) return false;
  const trial = join(folder, `tinylab-${process.pid}-trial`);
  try {
    const enabled = words(join(folder, 'cgroup.subtree_control'));
    const missing = [...controllers, ...wished.filter(name => available.includes(name))].filter(name => !enabled.includes(name));
    if (missing.length > 0) writeFileSync(join(folder, 'cgroup.subtree_control'), missing.map(name => `+${name}`).join(' '));
    const remove = made(trial);
    const complete = existsSync(join(trial, 'memory.max')) && existsSync(join(trial, 'pids.max'));
    // A user may own a group and still not be allowed to move a process into it from a session elsewhere.
    const joins = complete && spawnSync('/bin/sh', ['-c', 'echo $$ >"$0"', join(trial, 'cgroup.procs')], { stdio: 'ignore' }).status === 0;
    remove();
    return joins;
  } catch {
    return false;
  }
}

/** Our own group and its ancestors: the nearest that offers children is the parent of every sandbox. */
function parentOf(places: GroupPlaces, made: Make): string | undefined {
  const root = places.mounts
    .split('\n')
    .map(line => line.split(' '))
    .find(fields => fields[2] === 'cgroup2')?.[1];
  const own = places.own.split('\n').find(line => line.startsWith('0::'));
  if (!root || !own) return undefined;
  for (let folder = join(root, own.slice(3)); folder.startsWith(root); folder = dirname(folder)) if (offers(folder, made)) return folder;
  return undefined;
}

/** `oom` counts how often the group's own limit was in the way, `oom_kill` kills by whomever. */
function deathIn(events: string): MemoryDeath | undefined {
  if (field(events, 'oom_kill') === 0) return undefined;
  return field(events, 'oom') > 0 ? 'own' : 'above';
}

function group(folder: string): Group {
  const killAll = join(folder, 'cgroup.kill');
  return {
    joinFiles: [join(folder, 'cgroup.procs')],
    cpuMs: () => field(join(folder, 'cpu.stat'), 'usage_usec') / 1e3,
    memoryDeath: () => deathIn(join(folder, 'memory.events')),
    peakBytes: () => (existsSync(join(folder, 'memory.peak')) ? Number(readFileSync(join(folder, 'memory.peak'), 'utf8')) : 0),
    watch: () => {},
    remove: async () => {
      if (existsSync(killAll)) writeFileSync(killAll, '1');
      return removeFolder(folder);
    },
  };
}

/** One group per sandbox below the nearest delegated group of cgroup v2, or undefined where memory and pids are not offered. */
export function cgroupV2(places: GroupPlaces, made: Make = make): GroupDriver | undefined {
  const parent = parentOf(places, made);
  if (!parent) return undefined;
  const create = (name: string, limits: GroupLimits): Group => {
    const folder = join(parent, name);
    made(folder);
    const cpu = limits.cpus === undefined ? {} : { 'cpu.max': `${limits.cpus * periodUs} ${periodUs}` };
    const memory = { 'memory.max': limits.memoryBytes, 'memory.swap.max': 0, 'memory.oom.group': 1 };
    const settings = { ...memory, 'pids.max': limits.pids, ...cpu };
    for (const [file, value] of Object.entries(settings))
      if (existsSync(join(folder, file))) writeFileSync(join(folder, file), String(value));
    return group(folder);
  };
  return { name: 'cgroup v2', degraded: false, create, folders: [parent] };
}
