import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cgroupV1 } from './cgroup-v1.ts';
import { cgroupV2 } from './cgroup-v2.ts';
import { watchdog } from './watchdog.ts';

/** What a sandbox's processes may use together. */
export interface GroupLimits {
  readonly memoryBytes: number;
  readonly pids: number;
}

/** The processes of one sandbox, as the machine counts them. */
export interface Group {
  /** Files to which the launcher writes its own process id. */
  readonly joinFiles: readonly string[];
  /** CPU milliseconds used so far, by every process of the group. */
  cpuMs(): number;
  /** Processes that were killed because the group's memory was used up. */
  memoryKills(): number;
  /** Most bytes that were in use at once, or 0 where nobody counts. */
  peakBytes(): number;
  /** Tells the group which process it was made for; the watchdog needs to know. */
  watch(pid: number): void;
  /** Takes the group away, once its processes are gone. */
  remove(): Promise<void>;
}

/** A way to limit processes, or undefined where this machine does not offer it. */
export interface GroupDriver {
  readonly name: 'cgroup v1' | 'cgroup v2' | 'watchdog';
  /** True where limits are watched from outside instead of being held by the kernel. */
  readonly degraded: boolean;
  create(name: string, limits: GroupLimits): Group;
  /** Folders of groups that grading runs made, for sweeping. */
  readonly folders: readonly string[];
}

/** Where the kernel shows control groups; tests point it at a folder of their own. */
export interface GroupPlaces {
  readonly mounts: string;
  readonly own: string;
}

/** This process's own view. */
export function machinePlaces(): GroupPlaces {
  return { mounts: readFileSync('/proc/self/mounts', 'utf8'), own: readFileSync('/proc/self/cgroup', 'utf8') };
}

/** The strictest driver that this machine offers: cgroup v2, then v1, then the watchdog. */
export function groupDriver(places: GroupPlaces = machinePlaces()): GroupDriver {
  return cgroupV2(places) ?? cgroupV1(places) ?? watchdog();
}

/** Every name starts with this and the supervisor's process id. */
export const groupPrefix = 'tinylab-';

/** Removes a group's folder. The kernel needs a moment after the last process, longer after an inode bomb. */
export async function removeFolder(folder: string): Promise<void> {
  for (let wait = 5; existsSync(folder); wait = Math.min(2 * wait, 200)) {
    try {
      await rmdir(folder);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === 'ENOENT') return;
      if (code !== 'EBUSY' && code !== 'ENOTEMPTY') throw error;
      await sleep(wait);
    }
  }
}

/** Removes the groups of grading runs that were killed before they could clean up. */
export async function sweepGroups(driver: GroupDriver): Promise<void> {
  for (const parent of driver.folders) {
    for (const name of readdirSync(parent).filter(entry => entry.startsWith(groupPrefix))) {
      const pid = Number(name.slice(groupPrefix.length).split('-')[0]);
      if (pid > 0 && !existsSync(`/proc/${pid}`)) await removeFolder(join(parent, name)).catch(() => {});
    }
  }
}
