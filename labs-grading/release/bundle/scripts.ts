import type { BundleFile } from './file.ts';
import { projectFile, projectPaths } from './files.ts';

/** For those who build TinyLab, not for those who learn with it. */
const ours = new Set([
  'scripts/bench',
  'scripts/bench.mjs',
  'scripts/test',
  'scripts/test.mjs',
  'scripts/requirements.in',
  'scripts/requirements-test.in',
  'scripts/requirements-test.txt',
]);

/** scripts: set-up, start, doctor, check. */
export function scriptFiles(): BundleFile[] {
  const ships = (path: string): boolean => !ours.has(path) && (!/\.\w+$/.test(path) || /\.(mjs|ts|py|txt)$/.test(path));
  return projectPaths('scripts', ships).map(projectFile);
}
