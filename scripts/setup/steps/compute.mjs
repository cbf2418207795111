import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeVersion, projectEnv } from '../context.mjs';
import { Fault, lastLines } from '../fault.mjs';
import { hashFile, listFiles } from '../files.mjs';
import { compileAll, link } from '../objects.mjs';
import { compiler, installCommand } from '../system.mjs';
import { wheelOf } from '../wheels.mjs';
import { nodeHeaders, packageOf } from './binding.mjs';

/**
 * No -march=native: the result may run on another machine, so only a rung that is chosen at run time is compiled for more than the baseline.
 * Integers wrap: the kernels' accumulators are defined so.
 * No contraction of a · b + c by the compiler: a rung that wants a fused multiply-add says so, and the others compute the same everywhere.
 */
const flags = [
  '-std=c++17',
  '-O3',
  '-fPIC',
  '-fvisibility=hidden',
  '-ffp-contract=off',
  '-fwrapv',
  '-pthread',
  '-Wall',
  '-Wextra',
  '-DNAPI_VERSION=8',
];

/** What a rung's file needs besides, by the name behind its number. A rung of another processor is left out and reported absent. */
const avx512 = [
  '-mavx512f',
  '-mavx512bw',
  '-mavx512vl',
  '-mavx512dq',
  '-mprefer-vector-width=512',
  '-Wno-maybe-uninitialized',
  '-Wno-uninitialized',
];
const vnni = [...avx512, '-mavx512vnni'];
const rungs = {
  avx2: { processor: 'x64', flags: ['-mavx2', '-mfma'] },
  'avx2-lines': { processor: 'x64', flags: ['-mavx2', '-mfma'] },
  avx512: { processor: 'x64', flags: avx512 },
  'avx512-lines': { processor: 'x64', flags: avx512 },
  'avx512-packed': { processor: 'x64', flags: avx512 },
  'avx512-bf16': { processor: 'x64', flags: [...avx512, '-mavx512bf16'] },
  'avx512-vnni': { processor: 'x64', flags: vnni },
  'avx512-vnni-lines': { processor: 'x64', flags: vnni },
};

const folder = ({ root }) => join(root, 'kernels/compute');
const built = context => join(folder(context), 'dist/compute.node');
const failure = context => join(folder(context), 'dist/failure.txt');
const leftOut = context => join(folder(context), 'dist/left-out.txt');
const sources = context => listFiles(folder(context), new Set(['dist'])).filter(file => /\.(cc|h)$/.test(file));

/** kernels/compute → a module for Node. The library works without it, only slower: where it does not build, set-up says so and goes on. */
export const compute = {
  name: 'compute',
  title: 'Compute kernels',
  source: fileURLToPath(import.meta.url),
  needs: ['node24', 'binding'],
  inputs: context => [
    compiler(context),
    wheelOf(context).sha256,
    ...sources(context).map(file => [file, hashFile(join(folder(context), file))]),
  ],
  // What failed is tried again when an input changes or somebody asks for it with `npm run setup`, not at every start.
  outputs(context) {
    if (sources(context).length === 0) return [];
    if (!context.explicit) return [existsSync(failure(context)) ? failure(context) : built(context)];
    return existsSync(leftOut(context)) ? [`${leftOut(context)}.mended`] : [built(context)];
  },
  async run(context) {
    // A student's copy has no kernels of this kind.
    if (sources(context).length === 0) return undefined;
    mkdirSync(join(folder(context), 'dist'), { recursive: true });
    for (const file of [failure(context), leftOut(context)]) rmSync(file, { force: true });
    try {
      const failed = await buildWhatRuns(context);
      return failed.size > 0 ? withoutSome(context, failed) : undefined;
    } catch (error) {
      if (error.output === undefined && !(error instanceof Fault)) throw error;
      const why = error.output || error.message;
      rmSync(built(context), { force: true });
      writeFileSync(failure(context), `${why}\n`);
      return `They do not build or run here, so the library computes in TypeScript, which is slower.\n${gist(why)}`;
    }
  },
};

/** Builds the kernels without the rungs that do not compile, and then without those that crash or compute a wrong number. */
async function buildWhatRuns(context) {
  const parts = { module: built(context), objects: join(context.root, '.tinylab/compute') };
  const failed = await buildCompute(context, parts);
  // every rung, whatever TINYLAB_ISA allows now
  const { TINYLAB_ISA, ...env } = context.env;
  for (;;)
    try {
      await rungsThatRun(context.with({ env }));
      return failed;
    } catch (error) {
      const [, rung, kernel] = [...(error.output ?? '').matchAll(/the rung (\S+) of (\w+)/g)].at(-1) ?? [];
      // bf16-matmul/1-avx512.cc is a rung of matmulBf16
      const words = text => text.toLowerCase().split('-').sort().join();
      const kernelWords = words((kernel ?? '').replace(/[A-Z]/g, '-$&'));
      const file = sources(context).find(
        name => words(dirname(name)) === kernelWords && basename(name).replace(/^\d+-/, '') === `${rung}.cc` && isRung(name),
      );
      if (!file) throw error;
      failed.set(file, error);
      await buildCompute(context, { ...parts, without: [...failed.keys()] });
    }
}

/** Says which rungs were left out, here and to `doctor`. */
function withoutSome(context, failed) {
  writeFileSync(leftOut(context), [...failed].map(([file, { output }]) => `${file}\n${output}\n`).join('\n'));
  const names = [...failed.keys()].join(', ');
  return `Left out, since ${failed.size > 1 ? 'they do' : 'it does'} not compile or run here: ${names}. The other kernels run.\n${gist([...failed.values()][0].output)}`;
}

/** The rungs' files that were left out because they do not compile or run here. */
export const rungsLeftOut = context =>
  existsSync(leftOut(context))
    ? readFileSync(leftOut(context), 'utf8')
        .split('\n')
        .filter(line => /^[\w-]+\/\d+-[\w-]+\.cc$/.test(line))
    : [];

const isRung = file => /^\d+-/.test(basename(file));

/**
 * Compiles and links the kernels. A rung that does not compile is left out (its symbol is weak, so it is reported absent); any other file is a failure.
 * @returns The errors by the rungs' files that were left out.
 */
export async function buildCompute(context, { module, objects, more = [], without = [] }) {
  const cxx = compiler(context);
  if (!cxx) throw new Fault('compiler/missing', `C++ compiler: not found. To mend it: ${installCommand(['g++'], context)}`, '');
  const run = args => context.run(cxx, args, { env: projectEnv(context), step: 'compute' });
  const { stdout: version } = await run(['--version']);
  const include = [nodeHeaders(context), join(packageOf(context), 'deps/include')].flatMap(path => ['-I', path]);
  const files = sources(context)
    .filter(file => file.endsWith('.cc') && flagsOf(file, context) && !without.includes(file))
    .map(file => [file, [...flags, ...flagsOf(file, context), ...more]]);
  const seed = [cxx, version, nodeVersion, wheelOf(context).sha256];
  const made = await compileAll(files, { folder: folder(context), objects, seed, run: args => run([...include, ...args]) });
  for (const [file, error] of made.failed) if (!isRung(file)) throw error;
  const platform = context.platform.startsWith('darwin') ? ['-undefined', 'dynamic_lookup'] : ['-ldl'];
  await link(module, { objects: made.objects.values(), flags: ['-pthread', ...more, ...platform], run });
  return made.failed;
}

/** What a compiler or Node says is wrong, without the lines around it. */
function gist(text) {
  const errors = text.split('\n').filter(line => /error/i.test(line));
  return lastLines(errors.length > 0 ? errors.slice(0, 4).join('\n') : text, 4);
}

/** A file's own flags, or undefined when it is not for this platform. */
function flagsOf(file, { platform }) {
  const rung = rungs[/^\d+-([\w-]+)\.cc$/.exec(basename(file))?.[1]];
  if (!rung) return [];
  return platform.endsWith(rung.processor) ? rung.flags : undefined;
}

/**
 * Loads the module in a process of its own and lets every rung that this machine has and TINYLAB_ISA allows compute one number; by kernel, the names of its rungs from the obvious to the
 * fastest.
 */
export async function rungsThatRun(context) {
  const script = `const compute = require(process.argv[1]);
    const [one, two, three] = [1, 2, 3].map(x => Int8Array.of(x));
    // times 2 · 2^30 / 2^31
    const scale = [2 ** 30, 1, 0];
    const clip = [0, -128, 127];
    const ones = count => Array(count).fill(1);
    const weight = new Int8Array(64).fill(3, 0, 1);
    const perChannel = Int32Array.from({ length: 96 }, (_, i) => [0, ...scale, 0, 3][i >> 4]);
    const calls = {
      matmul: rung => {
        const c = new Float32Array(1);
        compute.matmul(Float32Array.of(2), Float32Array.of(3), c, { m: 1, k: 1, n: 1, rung });
        return c[0] - 6;
      },
      matmulBf16: rung => {
        const c = new Float32Array(1);
        compute.matmulBf16(Float32Array.of(2), Float32Array.of(3), c, { m: 1, k: 1, n: 1, transposeA: 0, transposeB: 0, threads: 1, rung });
        return c[0] - 6;
      },
      int4Matmul: (rung, y) => {
        const [codes, scales] = [new Uint8Array(64).fill(11, 0, 1), new Float32Array(16).fill(2)];
        compute.int4Matmul(Int8Array.of(1, 0, 0, 0, 0, 0, 0, 0), codes, scales, undefined, real, half, { m: 1, k: 1, n: 1, group: 8, threads: 1, rung });
        return real[0] - 3;
      },
      int8Conv: (rung, y) => compute.int8Conv(Int32Array.of(...ones(15), 0, 0, 1, 0, 0, 0, 1, ...clip), two, weight, perChannel, y, { threads: 1, rung }) ?? y[0] - 6,
      int8Matmul: (rung, y) => compute.int8Matmul(Int32Array.of(1, 1, 1, 1, 0, 0, ...clip), two, weight, Int32Array.of(0, ...scale), y, { threads: 1, rung }) ?? y[0] - 6,
      int8MatmulPack: rung => {
        const packed = new Int8Array(64);
        return compute.int8MatmulPack(Int32Array.of(1, 1), three, packed, { threads: 1, rung }) ?? packed[0] - 3;
      },
      int8Depthwise: (rung, y) =>
        compute.int8Depthwise(Int32Array.of(...ones(12), 0, 0, 1, 0, ...clip), two, Int16Array.of(3), Int32Array.of(0, ...scale), y, { threads: 1, rung }) ?? y[0] - 6,
      int8Add: (rung, y) =>
        compute.int8Add(Int32Array.of(1, 0, 0, ...scale, 0, ...scale, 1, ...scale, ...clip), two, three, y, { length: 1, threads: 1, rung }) ?? y[0] - 5,
      int8Quantize: (rung, y) =>
        compute.int8Quantize(Int32Array.of(0x3f000000, ...clip), Float32Array.of(1), y, { length: 1, threads: 1, rung }) ?? y[0] - 2,
      int8Pool: (rung, y) => compute.int8Pool(Int32Array.of(...ones(10), 0, 0, 1, 0, -128, 127), two, y, { threads: 1, rung }) ?? y[0] - 2,
    };
    const channel = { outer: 1, channels: 1, inner: 1, threads: 1 };
    const [half, none, real] = [Float32Array.of(0.5), Int32Array.of(0), new Float32Array(1)];
    Object.assign(calls, {
      extremes: rung => {
        const high = new Float32Array(1);
        return compute.extremes(half, real, high, { ...channel, rung }) + real[0] + high[0] - 1;
      },
      histogram: rung => {
        const counts = new Int32Array(2);
        return compute.histogram(half, counts, { length: 1, bins: 2, absolute: 1, low: 0, perUnit: 2, threads: 1, rung }) ?? counts[1] - 1;
      },
      fakeQuantize: (rung, y) =>
        compute.fakeQuantize(Float32Array.of(2.6), half, none, y, real, { ...channel, low: -128, high: 127, rung }) ?? y[0] + real[0] - 7.5,
      dequantize: rung => compute.dequantize(three, half, none, real, { ...channel, signed: 1, rung }) ?? real[0] - 1.5,
    });
    const found = {};
    for (const [kernel, call] of Object.entries(calls)) {
      found[kernel] = compute[kernel].rungs.filter(({ available }) => available).map(({ name }) => name);
      for (const rung of found[kernel]) {
        // where it ends this process, that is the last word
        require('fs').writeSync(2, \`the rung \${rung} of \${kernel}\\n\`);
        if (call(rung, new Int8Array(1)) !== 0) throw new Error(\`the rung \${rung} of \${kernel} computes a wrong number\`);
      }
    }
    console.log(JSON.stringify(found));`;
  const { stdout } = await context.run(context.node24, ['-e', script, built(context)], { env: projectEnv(context), step: 'compute' });
  return JSON.parse(stdout);
}
