import { spawn } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { dirname } from 'node:path';
import type { NaiveOutcome } from './outcome.ts';

/** Each run has a user of its own, so that one's processes are not counted as another's. */
let user = 61_190;
const megabytes = (n: number): string => String(n * 2 ** 20);
/** Milliseconds that a notebook may run before it counts as hung. */
const patience = '3000';

const nothing: NaiveOutcome = {
  verdicts: { stdout: undefined, file: undefined, channel: undefined, exit: undefined, cells: undefined, saved: undefined },
  numbers: undefined,
  points: 0,
  signal: null,
  hung: false,
  printedBytes: 0,
  diskBytes: 0,
  files: 0,
  residentBytes: 0,
  processes: 0,
  lingering: [],
  connections: 0,
  polluted: false,
  page: '',
  stray: [],
  told: '',
  graderCrashed: true,
};

/** The cage: no network, no host, little memory. What the naive grader lets happen happens in here. */
function cage(classFolder: string): string[] {
  const node = dirname(process.execPath);
  const id = String(user++);
  return [
    ...(process.getuid?.() === 0 ? ['/usr/bin/setpriv', '--reuid', id, '--regid', id, '--clear-groups', '--no-new-privs'] : []),
    ...['/usr/bin/prlimit', '--nproc=90', `--fsize=${megabytes(256)}`, `--data=${megabytes(1500)}`, '--cpu=20'],
    ...['/usr/bin/bwrap', '--unshare-all', '--unshare-user', '--die-with-parent', '--new-session', '--cap-drop', 'ALL'],
    ...['--ro-bind', '/usr', '/usr', '--symlink', 'usr/lib', '/lib', '--symlink', 'usr/lib64', '/lib64', '--symlink', 'usr/bin', '/bin'],
    ...['--proc', '/proc', '--dev', '/dev', '--size', megabytes(96), '--tmpfs', '/tmp', '--size', megabytes(96), '--tmpfs', '/lab'],
    ...['--ro-bind', node, '/node', '--ro-bind', import.meta.dirname, '/naive', '--ro-bind', classFolder, '/class', '--chdir', '/tmp'],
    ...['--clearenv', '--setenv', 'HOME', '/tmp', '--setenv', 'PATH', '/usr/bin:/bin', '--setenv', 'NAIVE_MS', patience],
    ...['--setenv', 'NBGRADER_EXECUTION', 'autograde', '--setenv', 'GRADER_CASES', '7 879150'],
  ];
}

/** Grades students of a class, one after the other in one place, without any protection; tells what became of the last. */
export async function gradeNaively(classFolder: string, students: readonly string[]): Promise<NaiveOutcome> {
  chmodSync(classFolder, 0o755);
  const [command = '', ...args] = cage(classFolder);
  const program = ['/node/node', '--no-warnings', '--max-old-space-size=200', '/naive/supervisor.ts', ...students];
  const child = spawn(command, [...args, ...program], { stdio: ['ignore', 'pipe', 'pipe'] });
  let [text, errors] = ['', ''];
  child.stdout.on('data', chunk => (text += chunk));
  child.stderr.on('data', chunk => (errors += chunk));
  const late = setTimeout(() => child.kill('SIGKILL'), 3 * Number(patience));
  await new Promise(resolve => child.once('close', resolve));
  clearTimeout(late);
  try {
    return JSON.parse(text) as NaiveOutcome;
  } catch {
    return { ...nothing, told: errors.slice(-2_000) };
  }
}
