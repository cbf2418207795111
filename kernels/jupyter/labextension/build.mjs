// Builds the JupyterLab extension and installs it: node build.mjs --prefix DIR → DIR/share/jupyter/labextensions/@tinylab/labextension
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const here = import.meta.dirname;
const require = createRequire(import.meta.url);
const packageOf = name => dirname(require.resolve(`${name}/package.json`));

/** Runs a program of ours under this Node; its output is shown only when it fails. */
function node(args) {
  const { status, stdout, stderr, error } = spawnSync(process.execPath, args, { cwd: here, encoding: 'utf8' });
  if (status === 0) return;
  process.stderr.write(`${stdout}${stderr}${error ?? ''}`);
  throw new Error(`labextension: ${args[0]} failed with exit code ${status}`);
}

/** Type-checks, compiles and bundles into dist/extension. */
export function build() {
  node([join(packageOf('typescript'), 'bin', 'tsc'), '-p', here]);
  const core = join(packageOf('@jupyterlab/core-meta'), 'core.package.json');
  node([join(packageOf('@jupyter/builder'), 'lib', 'build-labextension.js'), '--core-package-file', core, here]);
}

/** Copies dist/extension into the environment at `prefix`, replacing an older copy. */
export function install(prefix) {
  const target = join(prefix, 'share', 'jupyter', 'labextensions', '@tinylab', 'labextension');
  rmSync(target, { recursive: true, force: true });
  mkdirSync(dirname(target), { recursive: true });
  cpSync(join(here, 'dist', 'extension'), target, { recursive: true });
  if (!existsSync(join(target, 'package.json'))) throw new Error(`labextension: nothing was installed at ${target}`);
  return target;
}

const { values } = parseArgs({ options: { prefix: { type: 'string' } } });
if (!values.prefix) {
  process.stderr.write('Usage: node build.mjs --prefix DIR (the Python environment that holds JupyterLab)\n');
  process.exit(2);
}
// A student's copy has the built extension and no sources.
if (existsSync(join(here, 'src'))) build();
process.stdout.write(`${install(resolve(values.prefix))}\n`);
