import { readdirSync, readFileSync } from 'node:fs';
import type { Group, GroupDriver, GroupLimits } from './group.ts';

const ticksPerSecond = 100;
const pageBytes = 4096;
const intervalMs = 50;

interface ProcessFigures {
  readonly parent: number;
  readonly cpuMs: number;
  readonly residentBytes: number;
}

/** Fields of /proc/PID/stat; the name in brackets may hold spaces and brackets itself. */
function figuresOf(pid: number): ProcessFigures | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const cpuTicks = Number(fields[11]) + Number(fields[12]);
    return { parent: Number(fields[1]), cpuMs: (cpuTicks * 1000) / ticksPerSecond, residentBytes: Number(fields[21]) * pageBytes };
  } catch {
    return undefined;
  }
}

/** The process and everything that descends from it. */
function family(root: number): Map<number, ProcessFigures> {
  const all = new Map<number, ProcessFigures>();
  for (const name of readdirSync('/proc')) {
    const figures = /^\d+$/.test(name) ? figuresOf(Number(name)) : undefined;
    if (figures) all.set(Number(name), figures);
  }
  const members = new Map([...all].filter(([pid]) => pid === root));
  for (let before = -1; before !== members.size; ) {
    before = members.size;
    for (const [pid, figures] of all) if (members.has(figures.parent)) members.set(pid, figures);
  }
  return members;
}

function group(limits: GroupLimits): Group {
  const cpu = new Map<number, number>();
  let kills = 0;
  let peak = 0;
  let timer: NodeJS.Timeout | undefined;
  const scan = (root: number): void => {
    const members = family(root);
    for (const [pid, figures] of members) cpu.set(pid, figures.cpuMs);
    const resident = [...members.values()].reduce((sum, figures) => sum + figures.residentBytes, 0);
    peak = Math.max(peak, resident);
    if (resident <= limits.memoryBytes) return;
    kills++;
    for (const pid of members.keys()) if (pid !== root) kill(pid);
  };
  return {
    joinFiles: [],
    cpuMs: () => [...cpu.values()].reduce((sum, ms) => sum + ms, 0),
    memoryDeath: () => (kills > 0 ? 'own' : undefined),
    peakBytes: () => peak,
    watch: pid => {
      timer = setInterval(() => scan(pid), intervalMs);
    },
    remove: async () => {
      clearInterval(timer);
      return true;
    },
  };
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended between the scan and now.
  }
}

/** Watches memory from outside where the kernel offers no control group. Slower to notice, so every report says "degraded". */
export function watchdog(): GroupDriver {
  return { name: 'watchdog', degraded: true, create: (_name, limits) => group(limits), folders: [] };
}
