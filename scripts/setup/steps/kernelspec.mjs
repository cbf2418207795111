import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { projectEnv } from '../context.mjs';
import { hashFile } from '../files.mjs';

const program = 'kernels/jupyter/install.mjs';

/** The TypeScript kernel's entry in this environment, and nowhere else on the machine. */
export const kernelspec = {
  name: 'kernelspec',
  title: 'TypeScript kernel',
  source: fileURLToPath(import.meta.url),
  needs: ['node24', 'python-packages'],
  inputs: ({ root }) => [hashFile(join(root, program))],
  outputs: ({ root, python }) => (existsSync(join(root, program)) ? [join(python, 'share/jupyter/kernels/tinylab/kernel.json')] : []),
  async run(context) {
    if (!existsSync(join(context.root, program))) return `${program} is not in this project: notebooks have no TypeScript kernel.`;
    await context.run(context.node24, [program, '--prefix', context.python], { env: projectEnv(context), step: this.name });
  },
};
