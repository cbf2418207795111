import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createContext, systemPath } from '../setup/context.mjs';
import { hashText, which } from '../setup/files.mjs';
import { withLock } from '../setup/lock.mjs';
import { pythonEnv } from '../setup/steps/python-venv.mjs';

/**
 * A Python environment in the user's cache that holds some packages, pinned by their requirement strings; made once. Returns the absolute
 * path of its interpreter.
 */
export async function peersPython(requirements, log = console.error) {
  const context = createContext();
  const folder = folderOf('python', requirements, context);
  await once(folder, context, async () => {
    log(`installing ${requirements.join(' ')} into ${folder}`);
    await context.run(context.pythonBinary, ['-m', 'venv', '--clear', folder], { env: pythonEnv(context), step: 'peers' });
    const args = ['-m', 'pip', 'install', '--only-binary=:all:', ...requirements];
    await context.run(join(folder, 'bin/python'), args, { env: pythonEnv(context), step: 'peers' });
  });
  return join(folder, 'bin/python');
}

/** The interpreter of such an environment where it is installed already, else undefined. */
export function installedPython(requirements) {
  const folder = folderOf('python', requirements, createContext());
  return existsSync(`${folder}.done`) && existsSync(folder) ? join(folder, 'bin/python') : undefined;
}

/** The same for npm packages (`name@version`); returns the folder that holds their node_modules. */
export async function peersNpm(packages, log = console.error) {
  const context = createContext();
  const folder = folderOf('npm', packages, context);
  await once(folder, context, async () => {
    log(`installing ${packages.join(' ')} into ${folder}`);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
    const path = systemPath(context);
    const args = ['install', '--no-audit', '--no-fund', '--loglevel=error', ...packages];
    await context.run(which(['npm'], path), args, { cwd: folder, env: { ...context.env, PATH: path }, step: 'peers' });
  });
  return folder;
}

const folderOf = (kind, names, context) => join(context.cache, `peers-${kind}-${hashText(names.join('\n')).slice(0, 12)}`);

/** Runs `make` unless a mark says that it ran to its end; environments hold their own path, so they are made in place. */
async function once(folder, context, make) {
  const mark = `${folder}.done`;
  if (existsSync(mark) && existsSync(folder)) return;
  mkdirSync(context.cache, { recursive: true });
  await withLock(`${folder}.lock`, {}, async () => {
    if (existsSync(mark) && existsSync(folder)) return;
    rmSync(mark, { force: true });
    await make();
    writeFileSync(`${mark}.partial`, '');
    renameSync(`${mark}.partial`, mark);
  });
}
