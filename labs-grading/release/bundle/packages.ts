import type { BundleFile } from './file.ts';
import { json, madeFile, projectFile, readJson } from './files.ts';
import { type Lockfile, prunedLock } from './lockfile.ts';

type Manifest = Readonly<Record<string, unknown>> & {
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly allowScripts: Readonly<Record<string, boolean>>;
};

const workspaces = ['lib', 'kernels/jupyter'];

/** package.json with the two commands of the project and what notebooks need, and a lock file of exactly those packages. */
export function packageFiles(): BundleFile[] {
  const { devDependencies, allowScripts, ...project } = readJson<Manifest>('package.json');
  const types = '@types/node';
  const manifest = {
    ...project,
    name: 'tinylab-labs',
    workspaces,
    scripts: { start: 'node scripts/start.mjs', setup: 'node scripts/setup.mjs', test: 'node scripts/check.mjs' },
    dependencies: { [types]: devDependencies[types] },
  };
  const lock = prunedLock(readJson<Lockfile>('package-lock.json'), manifest);
  const installed = Object.keys(lock.packages).map(path => path.replace(/^.*node_modules\//, ''));
  const refused = Object.fromEntries(Object.entries(allowScripts).filter(([name]) => installed.includes(name)));
  return [
    madeFile('package.json', json({ ...manifest, allowScripts: refused }), 'package.json'),
    madeFile('package-lock.json', json(lock), 'package-lock.json'),
    projectFile('.npmrc'),
    madeFile('.gitignore', 'node_modules/\n.tinylab/\n.ipynb_checkpoints/\n', '.gitignore'),
    projectFile('LICENSE'),
  ];
}
