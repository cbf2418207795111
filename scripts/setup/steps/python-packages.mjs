import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hashFile } from '../files.mjs';
import { pythonEnv } from './python-venv.mjs';

const requirements = 'scripts/requirements.txt';

/** JupyterLab and what the tests need, from a file that names the sha256 of every wheel; nothing is compiled. */
export const pythonPackages = {
  name: 'python-packages',
  title: 'JupyterLab',
  source: fileURLToPath(import.meta.url),
  needs: ['python-venv'],
  inputs: ({ root }) => [hashFile(join(root, requirements))],
  outputs: ({ python }) => [join(python, 'bin/jupyter-lab'), join(python, 'bin/jupytext')],
  async run(context) {
    const args = ['-m', 'pip', 'install', '--require-hashes', '--no-deps', '--only-binary=:all:', '-r', join(context.root, requirements)];
    await context.run(context.pythonBinary, args, { env: pythonEnv(context), step: this.name });
  },
};
