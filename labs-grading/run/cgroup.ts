import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { cgroupV1 } from './cgroup-v1.ts';
import { cgroupV2 } from './cgroup-v2.ts';
import { type GroupDriver, type GroupPlaces, groupPrefix } from './group.ts';
import { watchdog } from './watchdog.ts';

/** This process's own view. */
export function machinePlaces(): GroupPlaces {
  return { mounts: readFileSync('/proc/self/mounts', 'utf8'), own: readFileSync('/proc/self/cgroup', 'utf8') };
}

/** The strictest driver that this machine offers: cgroup v2, then v1, then the watchdog. */
export function groupDriver(places: GroupPlaces = machinePlaces()): GroupDriver {
  return cgroupV2(places) ?? cgroupV1(places) ?? watchdog();
}

/** Removes the groups of grading runs that were killed before they could clean up. One that is not empty is somebody's, and stays. */
export async function sweepGroups(driver: GroupDriver): Promise<void> {
  for (const parent of driver.folders) {
    for (const name of readdirSync(parent).filter(entry => entry.startsWith(groupPrefix))) {
      const pid = Number(name.slice(groupPrefix.length).split('-')[0]);
      if (pid > 0 && !existsSync(`/proc/${pid}`)) await rmdir(join(parent, name)).catch(() => {});
    }
  }
}
