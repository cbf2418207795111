import { closeSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Stopped } from './fault.mjs';
import { alive } from './files.mjs';

const pollMs = 200;
const abandonedMs = 10_000;

/**
 * Holds a lock file while `work` runs. A second process waits (and `onWait(pid)` says so once); a lock whose process is dead is taken over.
 */
export async function withLock(path, { signal, onWait }, work) {
  mkdirSync(dirname(path), { recursive: true });
  let told = false;
  while (!claim(path)) {
    const owner = ownerOf(path);
    if (owner && !isRunning(owner) && takeOver(path, owner)) continue;
    if (owner?.pid && !told) onWait?.(owner.pid);
    told ||= Boolean(owner?.pid);
    await sleep(pollMs);
    if (signal?.aborted) throw new Stopped();
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

/** Creates a file that must not exist yet. */
function claim(path) {
  try {
    const file = openSync(path, 'wx');
    writeFileSync(file, JSON.stringify({ pid: process.pid, started: startOf(process.pid) }));
    closeSync(file);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

/** The lock's owner; undefined when it is gone, or so new that nothing is written in it yet. */
function ownerOf(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return ageMs(path) > abandonedMs ? { pid: 0 } : undefined;
  }
}

const ageMs = path => Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());

/** The start time tells a process from a later one that was given the same number. */
const isRunning = ({ pid, started }) => pid > 0 && alive(pid) && startOf(pid) === started;

function startOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

/**
 * Removes a dead owner's lock. Only the process that creates the second file may remove the first, and only while it still names the dead
 * owner: two waiters that both saw it dead must not remove each other's new lock.
 */
function takeOver(path, owner) {
  const guard = `${path}.takeover`;
  if (!claim(guard)) {
    if (ageMs(guard) > abandonedMs) rmSync(guard, { force: true });
    return false;
  }
  const now = ownerOf(path);
  const same = now?.pid === owner.pid && now.started === owner.started;
  if (same) rmSync(path, { force: true });
  rmSync(guard, { force: true });
  return same;
}
