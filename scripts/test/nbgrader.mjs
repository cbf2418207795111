import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Stopped, toFault } from '../setup/fault.mjs';
import { hashFile } from '../setup/files.mjs';
import { pythonEnv } from '../setup/steps/python-venv.mjs';

const requirements = 'scripts/requirements-test.txt';
const folder = ({ root }) => join(root, '.tinylab/test-python');

/**
 * The real nbgrader, for the tests alone: an environment of its own over that of set-up, so that only what set-up lacks is installed. Without
 * a network the other tests still run; those that need nbgrader fail and say so, and the next `npm test` tries again.
 */
export const nbgrader = {
  name: 'test-python',
  title: 'nbgrader, for the tests',
  source: fileURLToPath(import.meta.url),
  needs: ['python-packages'],
  inputs: ({ root }) => [hashFile(join(root, requirements)), hashFile(join(root, 'scripts/requirements.txt'))],
  outputs: context => [join(folder(context), 'done')],
  async run(context) {
    try {
      await install(context);
      return undefined;
    } catch (error) {
      if (error instanceof Stopped) throw error;
      const { message } = await toFault(error, nbgrader, context);
      return `${message}\nThe tests that need nbgrader will fail. To mend it:  npm test -- --only grading`;
    }
  },
};

async function install(context) {
  const env = folder(context);
  const python = join(env, 'bin/python');
  const options = { env: pythonEnv(context), step: nbgrader.name };
  rmSync(env, { recursive: true, force: true });
  await context.run(
    context.pythonBinary,
    ['-c', 'import sys; assert sys.version_info >= (3, 11), "nbgrader needs Python 3.11 or newer"'],
    options,
  );
  await context.run(context.pythonBinary, ['-m', 'venv', '--without-pip', env], options);
  const packages = await sitePackages(context.pythonBinary, context);
  writeFileSync(join(await sitePackages(python, context), 'set-up.pth'), `${packages}\n`);
  const install = ['-m', 'pip', 'install', '--require-hashes', '--no-deps', '--only-binary=:all:', '-r', join(context.root, requirements)];
  await context.run(python, install, options);
  if (!existsSync(join(env, 'bin/nbgrader'))) throw new Error('pip installed no nbgrader');
  writeFileSync(join(env, 'done'), '');
}

async function sitePackages(python, context) {
  const program = "import sysconfig; print(sysconfig.get_path('purelib'))";
  const { stdout } = await context.run(python, ['-c', program], { env: pythonEnv(context), step: nbgrader.name });
  return stdout.trim();
}
