import { readdirSync, readFileSync } from 'node:fs';

export type ProcessKind = 'supervisor' | 'worker' | 'checker' | 'converter' | 'sandbox';

export interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly kind: ProcessKind | undefined;
}

const programs: readonly (readonly [program: RegExp, kind: ProcessKind])[] = [
  [/labs-grading\/cli\.ts/, 'supervisor'],
  [/\/worker-process\.ts/, 'worker'],
  [/\/checker-process\.ts/, 'checker'],
  [/\/lab\/.*\/converter\.m?[jt]s/, 'converter'],
  [/\/lab\/.*\/runner\.m?[jt]s/, 'sandbox'],
];

function processOf(pid: number): Process | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const line = readFileSync(`/proc/${pid}/cmdline`, 'latin1');
    if (state === 'Z') return undefined;
    return { pid, parent: Number(parent), kind: programs.find(([program]) => program.test(line))?.[1] };
  } catch {
    return undefined;
  }
}

/** A process and everything that descends from it: sandboxes too, seen from outside. */
export function family(root: number): Process[] {
  const all = readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .flatMap(name => processOf(Number(name)) ?? []);
  const members = all.filter(({ pid }) => pid === root);
  for (const member of members) members.push(...all.filter(({ parent }) => parent === member.pid));
  return members;
}
