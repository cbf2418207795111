import { accessSync, constants, existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Group, type GroupDriver, type GroupLimits, type GroupPlaces, type MemoryDeath, periodUs, removeFolder } from './group.ts';

type Controller = 'memory' | 'pids' | 'cpuacct' | 'cpu';

/** Folders of one group; the one that shares CPU time out may be missing, or be that of `cpuacct`. */
type Folders = Readonly<Record<Exclude<Controller, 'cpu'>, string> & { cpu?: string }>;

/** The folder of our own group in the hierarchy of one controller, or its root where our own path is not shown. */
function home(places: GroupPlaces, controller: Controller): string | undefined {
  const mount = places.mounts
    .split('\n')
    .map(line => line.split(' '))
    .find(fields => fields[2] === 'cgroup' && fields[3]?.split(',').includes(controller));
  if (!mount?.[1]) return undefined;
  const own = places.own.split('\n').find(line => line.split(':')[1]?.split(',').includes(controller));
  const folder = resolve(mount[1], `.${own?.split(':').slice(2).join(':') ?? ''}`);
  return existsSync(folder) ? folder : mount[1];
}

function number(path: string): number {
  return Number(readFileSync(path, 'utf8'));
}

/** Memory is given out in pieces: a group this near to its limit has been at it. */
const nearBytes = 2 ** 19;

/** The kernel counts kills by whomever, and apart from them how often the group's own limit was in the way. */
function deathIn(folder: string): MemoryDeath | undefined {
  const line = readFileSync(join(folder, 'memory.oom_control'), 'utf8').match(/^oom_kill (\d+)$/m);
  if (Number(line?.[1] ?? 0) === 0) return undefined;
  const count = (name: string): number => (existsSync(join(folder, name)) ? number(join(folder, name)) : 0);
  // Newer kernels do not count where the limit of memory and swap together is the one in the way; the peak tells.
  const atLimit = count('memory.failcnt') > 0 || count('memory.memsw.failcnt') > 0;
  return atLimit || count('memory.max_usage_in_bytes') >= count('memory.limit_in_bytes') - nearBytes ? 'own' : 'above';
}

function limit(folders: Folders, limits: GroupLimits): void {
  writeFileSync(join(folders.memory, 'memory.limit_in_bytes'), String(limits.memoryBytes));
  const swap = join(folders.memory, 'memory.memsw.limit_in_bytes');
  if (existsSync(swap)) writeFileSync(swap, String(limits.memoryBytes));
  writeFileSync(join(folders.pids, 'pids.max'), String(limits.pids));
  const quota = folders.cpu && join(folders.cpu, 'cpu.cfs_quota_us');
  if (quota && limits.cpus !== undefined && existsSync(quota)) writeFileSync(quota, String(Math.round(limits.cpus * periodUs)));
}

/**
 * Ends what outlived the sandbox: bwrap, killed from outside between two of its steps, can leave its child waiting for ever. Version 2 has
 * `cgroup.kill` for this.
 */
function killAll(folder: string): void {
  const members = existsSync(folder) ? readFileSync(join(folder, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean) : [];
  // 0 stands for a process that our namespace does not show, and would mean ourselves.
  for (const pid of members.map(Number).filter(member => member > 0)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended by itself, or may not be ended: then the folder stays, and the caller is told.
    }
  }
}

function group(folders: Folders): Group {
  const all = [...new Set(Object.values(folders))];
  return {
    joinFiles: all.map(folder => join(folder, 'cgroup.procs')),
    cpuMs: () => number(join(folders.cpuacct, 'cpuacct.usage')) / 1e6,
    memoryDeath: () => deathIn(folders.memory),
    peakBytes: () => number(join(folders.memory, 'memory.max_usage_in_bytes')),
    watch: () => {},
    remove: async () => {
      killAll(folders.pids);
      return (await Promise.all(all.map(removeFolder))).every(Boolean);
    },
  };
}

function writable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    const trial = join(folder, `tinylab-${process.pid}-trial`);
    mkdirSync(trial);
    rmdirSync(trial);
    return true;
  } catch {
    return false;
  }
}

/** Hierarchies of cgroup v1: memory, pids and cpuacct, or undefined where one is missing or may not be written, and cpu where there is one. */
export function cgroupV1(places: GroupPlaces): GroupDriver | undefined {
  const memory = home(places, 'memory');
  const pids = home(places, 'pids');
  const cpuacct = home(places, 'cpuacct');
  if (!memory || !pids || !cpuacct || ![memory, pids, cpuacct].every(writable)) return undefined;
  const shares = home(places, 'cpu');
  const cpu = shares !== undefined && writable(shares) ? shares : undefined;
  const create = (name: string, limits: GroupLimits): Group => {
    const needed = { memory: join(memory, name), pids: join(pids, name), cpuacct: join(cpuacct, name) };
    const folders: Folders = { ...needed, ...(cpu && { cpu: join(cpu, name) }) };
    for (const folder of new Set(Object.values(folders))) mkdirSync(folder);
    limit(folders, limits);
    return group(folders);
  };
  return { name: 'cgroup v1', degraded: false, create, folders: [...new Set([memory, pids, cpuacct, ...(cpu ? [cpu] : [])])] };
}
