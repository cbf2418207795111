import { closeSync, fstatSync, openSync } from 'node:fs';
import { isatty } from 'node:tty';

/**
 * Runs `work` with the process's standard error closed to native code, then opens it again. Only a terminal or a pipe can be opened a
 * second time without losing text (a file's other writers would keep the old position, a socket refuses): otherwise `work` just runs.
 */
export function quietly<T>(work: () => T): T {
  const kept = secondHandle();
  if (kept === undefined) return work();
  redirect('/dev/null');
  try {
    return work();
  } finally {
    redirect(`/proc/self/fd/${kept}`);
    closeSync(kept);
  }
}

const stderr = 2;

function secondHandle(): number | undefined {
  try {
    if (isatty(stderr) || fstatSync(stderr).isFIFO()) return openSync(`/proc/self/fd/${stderr}`, 'a');
  } catch {
    // No /proc, or not ours to open: the notice is printed, which harms nothing.
  }
  return undefined;
}

/** The system gives a file the lowest free number, which is the one just closed. */
function redirect(path: string): void {
  closeSync(stderr);
  openSync(path, 'a');
}
