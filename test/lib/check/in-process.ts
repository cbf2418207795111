import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../house/modules.ts';

/** Runs a program in a process of its own in `folder`, as a notebook or a grader's runner would. Returns what it printed. */
export function inProcess(folder: string, program: string): string {
  const file = join(folder, 'program.ts');
  const door = (name: string): string => JSON.stringify(join(root, 'lib', name));
  writeFileSync(file, program.replaceAll("'tinylab'", door('index.ts')).replaceAll("'tinylab/grading'", door('grading.ts')));
  return execFileSync(process.execPath, ['--conditions=source', '--no-warnings', file], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim();
}
