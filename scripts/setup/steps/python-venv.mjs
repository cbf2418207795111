import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemPath } from '../context.mjs';
import { Fault, lastLines } from '../fault.mjs';
import { which } from '../files.mjs';
import { installCommand, pythons } from '../system.mjs';

const oldest = [3, 10];

/** An empty Python environment inside the project; nothing is ever installed for the user or the system. */
export const pythonVenv = {
  name: 'python-venv',
  title: 'Python environment',
  source: fileURLToPath(import.meta.url),
  needs: ['system-packages'],
  inputs: () => [],
  outputs: context => [context.pythonBinary, packageFile(context)],
  async run(context) {
    writeFileSync(packageFile(context), '{ "type": "commonjs" }\n');
    if (await isWhole(context)) return;
    const python = await findPython(context);
    await needsVenv(python, context);
    rmSync(context.python, { recursive: true, force: true });
    await context.run(python, ['-m', 'venv', context.python], { env: pythonEnv(context), step: this.name });
  },
};

// JupyterLab ships a CommonJS yarn.js, which Node would take for a module because the project's package.json says so.
const packageFile = ({ root }) => join(root, '.tinylab/package.json');

/** An environment made at this very path (its programs hold the path) that has pip and whose Python still runs. */
async function isWhole(context) {
  const pip = join(context.python, 'bin/pip');
  if (!existsSync(context.pythonBinary) || !existsSync(pip)) return false;
  if (!readFileSync(pip, 'utf8').includes(context.python)) return false;
  const check = `import pip, sys; assert sys.prefix == ${JSON.stringify(context.python)}`;
  return context.run(context.pythonBinary, ['-c', check], { env: pythonEnv(context), step: 'python-venv' }).then(
    () => true,
    () => false,
  );
}

/** The first Python on the PATH that is new enough; the message says which ones were too old. */
async function findPython(context) {
  const found = [];
  for (const name of pythons) {
    const path = which([name], systemPath(context));
    if (!path) continue;
    const version = await versionOf(path, context);
    if (version && (version[0] > oldest[0] || version[1] >= oldest[1])) return path;
    found.push(`${path} (${version?.join('.') ?? 'does not run'})`);
  }
  const saw = found.length > 0 ? `found only ${found.join(', ')}` : 'none was found on the PATH';
  throw new Fault(
    'python/missing',
    `Python ${oldest.join('.')} or newer is needed: ${saw}.`,
    installCommand(['python3', 'python3-venv'], context),
  );
}

const versionOf = (python, context) =>
  context.run(python, ['-c', 'import sys; print(*sys.version_info[:2])'], { env: pythonEnv(context), step: 'python-venv' }).then(
    ({ stdout }) => stdout.trim().split(' ').map(Number),
    () => undefined,
  );

/** Debian splits `venv` from Python: say so before it fails half-way. */
async function needsVenv(python, context) {
  try {
    await context.run(python, ['-c', 'import venv, ensurepip'], { env: pythonEnv(context), step: 'python-venv' });
  } catch (error) {
    if (error.output === undefined) throw error;
    const mend = installCommand(['python3-venv'], context);
    throw new Fault('python/no-venv', `${python} has no venv module:\n${lastLines(error.output, 1)}`, mend);
  }
}

/** The environment for Python and pip: the user's index settings count, what would redirect the installation does not. */
export function pythonEnv(context) {
  const { PYTHONHOME, PYTHONPATH, PIP_TARGET, PIP_PREFIX, PIP_REQUIRE_VIRTUALENV, ...env } = context.env;
  return { ...env, PATH: systemPath(context), PIP_USER: '0', PIP_DISABLE_PIP_VERSION_CHECK: '1', PIP_NO_INPUT: '1' };
}
