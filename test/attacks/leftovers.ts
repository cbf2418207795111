import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectFolder } from '../../labs-grading/base/project.ts';
import { groupDriver } from '../../labs-grading/run/cgroup.ts';
import { groupPrefix } from '../../labs-grading/run/group.ts';

/** Ids of this process's children. */
export function children(): number[] {
  const tasks = readdirSync('/proc/self/task');
  return tasks.flatMap(task => readFileSync(`/proc/self/task/${task}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number));
}

const named = (folder: string, test: (name: string) => boolean): string[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter(test)
        .map(name => join(folder, name))
    : [];

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

/** Marks that attacks put on what they leave: a number in a command, and names of files. */
const mark = /\b98761\b/;
const traces = /^tinylab-(pwned|shared)/;
const open = ['/', '/tmp', '/var/tmp', '/dev/shm', '/usr', '/etc', '/root', '/home', '/mnt', homedir(), projectFolder];

/** What graders with these process ids, and hostile code, have left on this machine. */
export function leftovers(graders: ReadonlySet<number>): Readonly<Record<'processes' | 'groups' | 'mounts' | 'files', string[]>> {
  const ours = (name: string): boolean =>
    [...graders].some(pid => name.startsWith(`${groupPrefix}${pid}-`) || name.includes(`-handed-in-${pid}-`));
  return {
    processes: readdirSync('/proc').filter(pid => /^\d+$/.test(pid) && mark.test(commandLine(pid))),
    groups: groupDriver().folders.flatMap(folder => named(folder, ours)),
    mounts: readFileSync('/proc/self/mounts', 'utf8')
      .split('\n')
      .filter(line => line.includes(' /mnt/')),
    files: [...open.flatMap(folder => named(folder, name => traces.test(name))), ...named(tmpdir(), ours)],
  };
}
