import { type BuildOptions, buildSync } from 'esbuild';
import type { Problem } from '../base/problem.ts';
import { shown } from '../base/project.ts';
import { givenFiles } from './given-files.ts';
import type { LabFiles } from './lab-files.ts';

const options: BuildOptions = { bundle: true, write: false, metafile: true, external: ['tinylab'], format: 'esm', platform: 'node' };

/** Problems of what checks.ts imports: every file of it must lie in the lab's folder and be given to students. */
export function importProblems(files: LabFiles): Problem[] {
  const built = buildSync({ ...options, entryPoints: [files.checks], absWorkingDir: files.folder, logLevel: 'silent' });
  const given = new Set(givenFiles(files.folder));
  const missing = Object.keys(built.metafile?.inputs ?? {}).filter(path => !given.has(path));
  return missing.map(path => ({ rule: 'files', file: shown(files.checks), message: `it imports ${path}, which students do not get` }));
}
