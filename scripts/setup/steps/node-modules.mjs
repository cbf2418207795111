import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemPath } from '../context.mjs';
import { Fault } from '../fault.mjs';
import { hashFile, which } from '../files.mjs';

/** The packages of package-lock.json, exactly. No package's install script runs: what one really needs, a later step does. */
export const nodeModules = {
  name: 'node-modules',
  title: 'npm packages',
  source: fileURLToPath(import.meta.url),
  needs: [],
  inputs: ({ root }) => [hashFile(join(root, 'package-lock.json')), hashFile(join(root, '.npmrc'))],
  outputs: ({ root }) => [join(root, 'node_modules/.package-lock.json')],
  async run(context) {
    if (isInstalled(context.root)) return;
    const path = systemPath(context);
    if (!which(['npm'], path)) throw new Fault('npm/missing', 'npm is not on the PATH.', 'sudo apt-get install -y npm');
    const args = [
      'ci',
      '--ignore-scripts',
      '--include=dev',
      '--include=optional',
      '--no-audit',
      '--no-fund',
      '--prefer-offline',
      '--loglevel=error',
    ];
    await context.run(which(['npm'], path), args, { env: { ...context.env, PATH: path }, step: this.name });
  },
};

/** Whether node_modules already holds what the lock file says; npm writes its own record only after a complete install. */
function isInstalled(root) {
  const record = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(record)) return false;
  const have = JSON.parse(readFileSync(record, 'utf8')).packages;
  const want = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const same = (a, b) => Boolean(a) && a.version === b.version && (!b.integrity || a.integrity === b.integrity);
  const wanted = Object.entries(want).filter(([path]) => path.includes('node_modules/'));
  const extra = Object.keys(have).some(path => path.includes('node_modules/') && !want[path]);
  return !extra && wanted.every(([path, entry]) => same(have[path], entry) || (entry.optional && !have[path]));
}
