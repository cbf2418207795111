import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './run.mjs';

/** The Node that everything after `npm ci` runs on; the same version stands in package.json as optional dependencies. */
export const nodeVersion = '24.21.0';

export const projectRoot = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/**
 * What every step gets: where the project, its state and the user's cache are, the environment for children, and a way to run them.
 * Tests make one over a scratch folder; nothing in a step reads the machine in another way.
 */
export function createContext({ root = projectRoot, env = process.env, signal, explicit = false, ...rest } = {}) {
  const python = join(root, '.tinylab/python');
  const context = {
    root,
    python,
    pythonBinary: join(python, 'bin/python'),
    stamps: join(root, '.tinylab/stamps'),
    logs: join(root, '.tinylab/logs'),
    cache: join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'tinylab'),
    platform: `${process.platform}-${process.arch}`,
    node24: join(root, 'node_modules/.bin/node'),
    superuser: process.getuid?.() === 0,
    env,
    signal,
    explicit,
    ...rest,
  };
  return bind(context);
}

/** Binds `run` to a context's own signal; `with` makes a copy that differs in some fields. */
function bind(context) {
  return {
    ...context,
    run: (command, args, options) => run(context, [command, ...args], options),
    with: changes => bind({ ...context, ...changes }),
  };
}

/** PATH as the user has it: npm puts node_modules/.bin first, and that folder is deleted by the very step that needs a Node. */
export const systemPath = context =>
  (context.env.PATH ?? '')
    .split(delimiter)
    .filter(folder => !folder.endsWith('node_modules/.bin') && !folder.includes('node-gyp-bin'))
    .join(delimiter);

/** The environment of everything that runs after the packages are there: Node 24 first, then the Python environment. */
export function projectEnv(context) {
  const { PYTHONHOME, PYTHONPATH, NODE_OPTIONS, NODE, npm_node_execpath, ...env } = context.env;
  const folders = [join(context.root, 'node_modules/.bin'), join(context.python, 'bin'), systemPath(context)];
  return { ...env, PATH: folders.join(delimiter) };
}
