import { readdirSync, readFileSync } from 'node:fs';

/** User ids that sandboxes take on when root starts them: outside the ranges that Debian and systemd give away. */
const firstUser = 60_600;
const lastUser = 61_183;
/** Each worker has its own: one for the sandbox in use, one for the next, and for those that are put aside. */
const usersPerSlot = 12;
const slots = Math.floor((lastUser - firstUser + 1) / usersPerSlot);
const taken = new Set<number>();

/**
 * A user id of this worker under which no process runs: the lowest, so that two take turns.
 * @throws Error when something is left over under every one of them.
 */
export function leaseUser(slot: number): number {
  const busy = runningUsers();
  const first = firstUser + usersPerSlot * (slot % slots);
  for (let user = first; user < first + usersPerSlot; user++) {
    if (taken.has(user) || busy.has(user)) continue;
    taken.add(user);
    return user;
  }
  throw new Error(`Something still runs under each of the users ${first}-${first + usersPerSlot - 1}; end those processes first.`);
}

/** Gives a user id back once its control group is gone, which proves that nothing runs under it. Without that proof nobody gets it again. */
export function returnUser(user: number, proven: boolean): void {
  if (proven) taken.delete(user);
}

/** Real user ids of all processes that have not ended. */
function runningUsers(): ReadonlySet<number> {
  const pids = readdirSync('/proc').filter(name => /^\d+$/.test(name));
  return new Set(pids.map(userOf));
}

function userOf(pid: string): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    const ended = /^State:\s+[ZX]/m.test(status);
    return ended ? -1 : Number(/^Uid:\s+(\d+)/m.exec(status)?.[1]);
  } catch {
    return -1;
  }
}
