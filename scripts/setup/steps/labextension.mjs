import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { projectEnv } from '../context.mjs';
import { hashFile, hashFolder } from '../files.mjs';

const folder = 'kernels/jupyter/labextension';
const program = `${folder}/build.mjs`;
const built = new Set(['node_modules', 'dist', 'build', 'lib', 'labextension', '.cache']);

/** The front-end parts (plots), built and installed in this environment. */
export const labextension = {
  name: 'labextension',
  title: 'JupyterLab extension',
  source: fileURLToPath(import.meta.url),
  needs: ['node24', 'python-packages'],
  inputs: ({ root }) => [hashFolder(join(root, folder), built), hashFile(join(root, 'package-lock.json'))],
  outputs: ({ root, python }) =>
    existsSync(join(root, program)) ? [join(python, 'share/jupyter/labextensions/@tinylab/labextension/package.json')] : [],
  async run(context) {
    if (!existsSync(join(context.root, program)))
      return `${program} is not in this project: JupyterLab shows pictures instead of live plots.`;
    await context.run(context.node24, [program, '--prefix', context.python], { env: projectEnv(context), step: this.name });
  },
};
