import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { projectFolder } from '../../../labs-grading/base/project.ts';

const environment = join(projectFolder, '.tinylab/test-python');

/** @throws Error where `npm test` could not install nbgrader. */
function installed(): string {
  if (existsSync(join(environment, 'done'))) return environment;
  throw new Error(
    'nbgrader is not installed: npm test -- --only grading installs it, over the network; .tinylab/logs/test-python.log says why not.',
  );
}

/** The Python that has nbgrader. */
export const nbgraderPython = (): string => join(installed(), 'bin/python');

/** Runs the real nbgrader in a folder, with the kernel that set-up installed; what it printed. */
export async function nbgrader(cwd: string, ...args: string[]): Promise<string> {
  const bin = join(installed(), 'bin');
  const { NBGRADER_EXECUTION, NBGRADER_VALIDATING, PYTHONPATH, ...rest } = process.env;
  // It starts alembic by name.
  const PATH = [bin, rest.PATH].join(delimiter);
  const env = { ...rest, PATH, HOME: cwd, JUPYTER_PATH: join(projectFolder, '.tinylab/python/share/jupyter') };
  const { stdout, stderr } = await promisify(execFile)(join(bin, 'nbgrader'), args, { cwd, env, maxBuffer: 1e8 });
  return `${stdout}\n${stderr}`;
}

/** Folder of the notebooks that nbgrader's own tests read; its package brings them, under its licence (BSD-3). */
export function nbgraderFixtures(): string {
  const lib = join(installed(), 'lib');
  const python = readdirSync(lib).find(name => name.startsWith('python')) ?? '';
  return join(lib, python, 'site-packages/nbgrader/tests');
}
