import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Problem } from '../base/problem.ts';
import { projectFolder, shown } from '../base/project.ts';
import type { LabFiles } from './lab-files.ts';

const options = {
  target: 'es2024',
  lib: ['es2024'],
  module: 'nodenext',
  moduleResolution: 'nodenext',
  types: ['node'],
  typeRoots: [join(projectFolder, 'node_modules/@types')],
  strict: true,
  allowImportingTsExtensions: true,
  skipLibCheck: true,
  noEmit: true,
  paths: {
    tinylab: [join(projectFolder, 'lib/dist/index.d.ts')],
    'tinylab/grading': [join(projectFolder, 'lib/dist/grading.d.ts')],
  },
};

/** Type errors in the code of a lab's author, each in the author's own file and line, in the order of the files. */
export function typeProblems({ checks, hidden, mutants, styles }: Pick<LabFiles, 'checks' | 'hidden' | 'mutants' | 'styles'>): Problem[] {
  const files = [checks, hidden, mutants, styles].filter(path => path !== undefined);
  const scratch = join(projectFolder, '.tinylab/scratch');
  mkdirSync(scratch, { recursive: true });
  const place = mkdtempSync(join(scratch, 'types-'));
  try {
    writeFileSync(join(place, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files }));
    const compiler = join(projectFolder, 'node_modules/typescript/bin/tsc');
    const { stdout } = spawnSync(process.execPath, [compiler, '--pretty', 'false', '-p', place], { encoding: 'utf8', cwd: place });
    return stdout.split('\n').flatMap(line => problemOf(line, place));
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

/** `file(line,column): error TS2322: message`; lines that go on from the one before say no more than it. */
function problemOf(line: string, place: string): Problem[] {
  const [, file, at, message] = /^(.+?)\((\d+),\d+\): error (TS\d+: .*)$/.exec(line) ?? [];
  if (file === undefined || message === undefined)
    return /^error TS/.test(line) ? [{ rule: 'types', file: 'tsconfig.json', message: line }] : [];
  return [{ rule: 'types', file: shown(resolve(place, file)), line: Number(at), message }];
}
