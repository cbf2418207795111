import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { projectEnv } from '../context.mjs';
import { Fault, lastLines } from '../fault.mjs';
import { hashFile, listFiles, partial, sweep } from '../files.mjs';
import { compiler, installCommand } from '../system.mjs';
import { nodeHeaders } from './binding.mjs';

/**
 * No -march=native: the result may run on another machine, so only a rung that is chosen at run time is compiled for more than the baseline.
 * No contraction of a · b + c by the compiler: a rung that wants a fused multiply-add says so, and the others compute the same everywhere.
 */
const flags = ['-std=c++17', '-O3', '-fPIC', '-fvisibility=hidden', '-ffp-contract=off', '-Wall', '-Wextra', '-DNAPI_VERSION=8'];

/** What a rung's file needs besides, by the name behind its number. A rung of another processor is left out and reported absent. */
const rungs = { avx2: { processor: 'x64', flags: ['-mavx2', '-mfma'] } };

const folder = ({ root }) => join(root, 'kernels/compute');
const built = context => join(folder(context), 'dist/compute.node');
const failure = context => join(folder(context), 'dist/failure.txt');
const sources = context => listFiles(folder(context), new Set(['dist'])).filter(file => /\.(cc|h)$/.test(file));

/** kernels/compute → a module for Node. The library works without it, only slower: where it does not build, set-up says so and goes on. */
export const compute = {
  name: 'compute',
  title: 'Compute kernels',
  source: fileURLToPath(import.meta.url),
  needs: ['node24'],
  inputs: context => [compiler(context), ...sources(context).map(file => [file, hashFile(join(folder(context), file))])],
  // What failed is tried again when an input changes or somebody asks for it with `npm run setup`, not at every start.
  outputs(context) {
    if (sources(context).length === 0) return [];
    return [!context.explicit && existsSync(failure(context)) ? failure(context) : built(context)];
  },
  async run(context) {
    // A student's copy has no kernels of this kind.
    if (sources(context).length === 0) return undefined;
    mkdirSync(join(folder(context), 'dist'), { recursive: true });
    rmSync(failure(context), { force: true });
    try {
      await build(context);
      await rungsThatRun(context);
      return undefined;
    } catch (error) {
      if (error.output === undefined && !(error instanceof Fault)) throw error;
      const why = error.output || error.message;
      rmSync(built(context), { force: true });
      writeFileSync(failure(context), `${why}\n`);
      return `They do not build or run here, so the library computes in TypeScript, which is slower.\n${gist(why)}`;
    }
  },
};

async function build(context) {
  const cxx = compiler(context);
  if (!cxx) throw new Fault('compiler/missing', `C++ compiler: not found. To mend it: ${installCommand(['g++'], context)}`, '');
  const state = join(context.root, '.tinylab');
  sweep(state);
  const objects = partial(join(state, 'compute'));
  mkdirSync(objects, { recursive: true });
  const run = args => context.run(cxx, args, { env: projectEnv(context), step: 'compute' });
  try {
    const files = sources(context).filter(file => file.endsWith('.cc') && flagsOf(file, context));
    const object = file => join(objects, `${file.replaceAll('/', '-')}.o`);
    const include = ['-I', nodeHeaders(context)];
    const compiled = files.map(file =>
      run([...flags, ...flagsOf(file, context), ...include, '-c', join(folder(context), file), '-o', object(file)]),
    );
    // All have ended before the first failure is told: the folder they write into goes away then.
    await Promise.allSettled(compiled);
    await Promise.all(compiled);
    const platform = context.platform.startsWith('darwin') ? ['-undefined', 'dynamic_lookup'] : [];
    const module = join(objects, 'compute.node');
    await run(['-shared', ...files.map(object), ...platform, '-o', module]);
    copyFileSync(module, partial(built(context)));
    renameSync(partial(built(context)), built(context));
  } finally {
    rmSync(objects, { recursive: true, force: true });
  }
}

/** What a compiler or Node says is wrong, without the lines around it. */
function gist(text) {
  const errors = text.split('\n').filter(line => /error/i.test(line));
  return lastLines(errors.length > 0 ? errors.slice(0, 4).join('\n') : text, 4);
}

/** A file's own flags, or undefined when it is not for this platform. */
function flagsOf(file, { platform }) {
  const rung = rungs[/^\d+-(\w+)\.cc$/.exec(basename(file))?.[1]];
  if (!rung) return [];
  return platform.endsWith(rung.processor) ? rung.flags : undefined;
}

/** Loads the module in a process of its own and lets every rung of matmul that this machine has compute 2 · 3; their names, from the obvious to the fastest. */
export async function rungsThatRun(context) {
  const script = `const { matmul } = require(process.argv[1]);
    const rungs = matmul.rungs.filter(({ available }) => available).map(({ name }) => name);
    for (const rung of rungs) {
      const c = new Float32Array(1);
      matmul(Float32Array.of(2), Float32Array.of(3), c, { m: 1, k: 1, n: 1, rung });
      if (c[0] !== 6) throw new Error(\`the rung \${rung} computes 2 · 3 = \${c[0]}\`);
    }
    console.log(rungs.join(' '));`;
  const { stdout } = await context.run(context.node24, ['-e', script, built(context)], { env: projectEnv(context), step: 'compute' });
  return stdout.trim().split(' ');
}
