import { existsSync } from 'node:fs';
import { rmdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a sandbox's processes may use together. */
export interface GroupLimits {
  readonly memoryBytes: number;
  readonly pids: number;
  /** CPUs' worth of time that may be used at once; without it as much as there is. */
  readonly cpus?: number;
}

/** Microseconds over which CPU time is shared out, the kernel's own default. */
export const periodUs = 100_000;

/** Whose memory was used up. */
export type MemoryDeath = 'own' | 'above';

/** The processes of one sandbox, as the machine counts them. */
export interface Group {
  /** Files to which the launcher writes its own process id. */
  readonly joinFiles: readonly string[];
  /** CPU milliseconds used so far, by every process of the group. */
  cpuMs(): number;
  /**
   * Whether processes of the group were killed for want of memory: `own` when the group had used up what it may, `above` when it was the
   * machine, or what the grader itself may use, that had no more. Undefined when none was.
   */
  memoryDeath(): MemoryDeath | undefined;
  /** Most bytes that were in use at once, or 0 where nobody counts. */
  peakBytes(): number;
  /** Tells the group which process it was made for; the watchdog needs to know. */
  watch(pid: number): void;
  /** Takes the group away, once its processes are gone. False when some may be left. */
  remove(): Promise<boolean>;
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

/** Every name starts with this and the supervisor's process id. */
export const groupPrefix = 'tinylab-';

/** Removes a group's folder. The kernel needs a moment after the last process, longer after an inode bomb; what stays, the next run sweeps. */
export async function removeFolder(folder: string): Promise<boolean> {
  const giveUp = performance.now() + 20_000;
  for (let wait = 5; existsSync(folder) && performance.now() < giveUp; wait = Math.min(2 * wait, 200)) {
    try {
      await rmdir(folder);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === 'ENOENT') return true;
      if (code !== 'EBUSY' && code !== 'ENOTEMPTY') throw error;
      await sleep(wait);
    }
  }
  return !existsSync(folder);
}
