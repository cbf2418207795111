import { readdirSync, readFileSync } from 'node:fs';

/** User ids that sandboxes take on when root starts them: outside the ranges that Debian and systemd give away. */
const firstUser = 60_600;
const lastUser = 61_183;
const users = Array.from({ length: lastUser - firstUser + 1 }, (_, i) => firstUser + i);
/** Where the users of each worker begin; several runs on one machine may still meet, and then move on. */
const usersPerSlot = 12;
const taken = new Set<number>();

/**
 * A user id under which no process runs: the lowest of this worker's, so that two take turns, or else a further one.
 * @throws Error when something is left over under every one of them.
 */
export function leaseUser(slot: number): number {
  const busy = runningUsers();
  const start = (usersPerSlot * slot) % users.length;
  const user = [...users.slice(start), ...users.slice(0, start)].find(id => !taken.has(id) && !busy.has(id));
  if (user === undefined)
    throw new Error(`Something still runs under each of the users ${firstUser}-${lastUser}; end those processes first.`);
  taken.add(user);
  return user;
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
