import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeVersion, projectEnv } from '../context.mjs';
import { Fault, lastLines } from '../fault.mjs';
import { hashFolder, hashText, linkAtomic, partial } from '../files.mjs';
import { compiler, installCommand } from '../system.mjs';
import { tensorflowVersion, wheelOf } from '../wheels.mjs';
import { folderOf } from './tensorflow.mjs';

const napiVersion = 8;
const flags = ['-std=c++17', '-O2', '-fPIC', '-shared', `-DNAPI_VERSION=${napiVersion}`];
export const packageOf = ({ root }) => join(root, 'node_modules/@tensorflow/tfjs-node');
const bindingOf = context => join(packageOf(context), `lib/napi-v${napiVersion}/tfjs_binding.node`);

/** tfjs-node's own C++ source, compiled against our TensorFlow: its package would fetch an older one from a host that may be blocked. */
export const binding = {
  name: 'binding',
  title: 'TensorFlow binding',
  source: fileURLToPath(import.meta.url),
  needs: ['node24', 'tensorflow'],
  inputs: context => [folderOf(context), hashFolder(join(packageOf(context), 'binding'))],
  outputs: context => [bindingOf(context), ...Object.keys(wheelOf(context).libraries).map(name => linkOf(name, context))],
  async run(context) {
    linkLibraries(context);
    const cached = join(context.cache, `binding-${keyOf(context)}.node`);
    if (!existsSync(cached)) await compile(cached, context);
    mkdirSync(dirname(bindingOf(context)), { recursive: true });
    const temporary = partial(bindingOf(context));
    copyFileSync(cached, temporary);
    renameSync(temporary, bindingOf(context));
    await tryIt(cached, context);
  },
};

const linkOf = (name, context) => join(packageOf(context), `deps/lib/lib${name}.${wheelOf(context).suffix}`);

/** `npm ci` deletes what lies inside packages, so the libraries stay in the cache and are only linked. */
function linkLibraries(context) {
  const folder = folderOf(context);
  const deps = join(packageOf(context), 'deps');
  mkdirSync(join(deps, 'lib'), { recursive: true });
  linkAtomic(join(folder, 'include'), join(deps, 'include'));
  for (const [name, file] of Object.entries(wheelOf(context).libraries)) {
    linkAtomic(join(folder, 'lib', file), join(deps, 'lib', file));
    linkAtomic(file, linkOf(name, context));
  }
}

/** A compiled binding serves every project of this user with the same sources, TensorFlow and C library. */
function keyOf(context) {
  const { glibcVersionRuntime } = process.report.getReport().header;
  const parts = [
    hashFolder(join(packageOf(context), 'binding')),
    wheelOf(context).sha256,
    flags,
    context.platform,
    glibcVersionRuntime,
    nodeVersion,
  ];
  return hashText(JSON.stringify(parts)).slice(0, 16);
}

async function compile(target, context) {
  const cxx = compiler(context);
  if (!cxx) throw new Fault('compiler/missing', "C++ compiler: not found on this machine's PATH.", installCommand(['g++'], context));
  const deps = join(packageOf(context), 'deps');
  const sources = ['tfjs_backend.cc', 'tfjs_binding.cc'].map(file => join(packageOf(context), 'binding', file));
  const temporary = partial(target);
  const include = [nodeHeaders(context), join(deps, 'include')].flatMap(folder => ['-I', folder]);
  const origin = context.platform.startsWith('darwin') ? '@loader_path' : '$ORIGIN';
  const link = ['-L', join(deps, 'lib'), '-ltensorflow', '-ltensorflow_framework', `-Wl,-rpath,${origin}/../../deps/lib`];
  const platform = context.platform.startsWith('darwin') ? ['-undefined', 'dynamic_lookup'] : [];
  try {
    await context.run(cxx, [...flags, ...include, ...sources, ...link, ...platform, '-o', temporary], {
      env: projectEnv(context),
      step: 'binding',
    });
    renameSync(temporary, target);
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** node_api.h: the Node package ships it; a Node of the machine has it beside its binary. */
export function nodeHeaders({ root, platform }) {
  const folders = [join(root, `node_modules/node-${platform}/include/node`), join(dirname(process.execPath), '../include/node')];
  const folder = folders.find(path => existsSync(join(path, 'node_api.h')));
  if (!folder) throw new Fault('node/no-headers', `node_api.h is in none of: ${folders.join(', ')}.`, `npx n ${nodeVersion}`);
  return folder;
}

/** Loads what was built: a library that does not fit this machine must fail here, by name, and not in a student's first cell. */
async function tryIt(cached, context) {
  const script = 'const { exports: b } = ((m) => (process.dlopen(m, process.argv[1]), m))({ exports: {} }); console.log(b.TF_Version)';
  try {
    const { stdout } = await context.run(context.node24, ['-e', script, bindingOf(context)], { env: projectEnv(context), step: 'binding' });
    if (stdout.trim() === tensorflowVersion) return;
    throw Object.assign(new Error('wrong version'), { output: `TF_Version is ${stdout.trim()}, not ${tensorflowVersion}` });
  } catch (error) {
    if (error.output === undefined) throw error;
    rmSync(cached, { force: true });
    rmSync(bindingOf(context), { force: true });
    throw new Fault('binding/does-not-load', `The built binding does not load.\n${lastLines(error.output, 6)}`, 'npm run setup');
  }
}
