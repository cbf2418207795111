#!/usr/bin/env node
import '../setup/node-version.mjs';
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createContext, projectEnv } from '../setup/context.mjs';
import { Fault } from '../setup/fault.mjs';
import { explain, setUp } from '../setup/set-up.mjs';
import { nodeHeaders } from '../setup/steps/binding.mjs';
import { buildCompute } from '../setup/steps/compute.mjs';
import { steps } from '../setup/steps.mjs';
import { compiler } from '../setup/system.mjs';
import { levels, nativeTests } from './native-tests.mjs';

const help = `npm run test:native: the compute kernels under AddressSanitizer and UndefinedBehaviorSanitizer.

Builds them once more, in .tinylab/sanitized, and runs in this project's Node:
  the tests in test/kernels/compute and of the TensorFlow ops, every rung included, at every level of TINYLAB_ISA
  calls with hostile arguments

  npm run test:native -- --calls 100000    so many calls; 10,000 otherwise
  npm run test:native -- --seed 7          calls from another seed on; 1 otherwise
  npm run test:native -- --only calls      or tests: one of the two`;

const options = { calls: { type: 'string' }, seed: { type: 'string' }, only: { type: 'string' }, help: { type: 'boolean', short: 'h' } };

/** Frames stay readable. A mistake ends the process; alignment is left out, since vectors are read from where they lie. */
const sanitizers = [
  '-g',
  '-fno-omit-frame-pointer',
  '-fsanitize=address,undefined',
  '-fno-sanitize=alignment',
  '-fno-sanitize-recover=all',
];

async function main() {
  const { values } = parseArgs({ options });
  if (values.help) return console.log(help);
  const context = createContext();
  if (!context.platform.startsWith('linux')) throw new Fault('native/platform', 'npm run test:native needs Linux.', '');
  await setUp(context, { steps });
  const folder = join(context.root, '.tinylab/sanitized');
  mkdirSync(folder, { recursive: true });
  const module = join(folder, 'compute.node');
  const left = await buildCompute(context, { module, objects: join(folder, 'objects'), more: sanitizers });
  if (left.size > 0) throw new Fault('native/build', `They do not compile: ${[...left.keys()].join(', ')}.`, '');
  const env = await sanitizedEnv(context, module);
  const node = (args, stdio) => spawnSync(context.node24, args, { cwd: context.root, env, stdio, encoding: 'utf8', maxBuffer: 2 ** 30 });
  await seesAnOverrun(context, { folder, node });
  const good = [values.only === 'calls' || passesTests(context, node), values.only === 'tests' || survivesCalls(context, node, values)];
  if (good.includes(false)) process.exitCode = 1;
}

/** A module that writes behind an array must not get away with it: otherwise nothing below would mean anything. */
async function seesAnOverrun(context, { folder, node }) {
  const planted = join(folder, 'planted-overrun.node');
  const source = join(context.root, 'test/kernels/compute/planted-overrun.cc');
  const args = ['-shared', '-fPIC', ...sanitizers, '-I', nodeHeaders(context), source, '-o', planted];
  await context.run(compiler(context), args, { env: projectEnv(context), step: 'compute' });
  const { status, stderr } = node(['-e', 'require(process.argv[1])(new Float32Array(24))', planted], 'pipe');
  if (status === 0 || !/heap-buffer-overflow/.test(stderr))
    throw new Fault('native/blind', `The sanitizer does not see a write behind an array.\n${stderr}`, '');
}

function passesTests(context, node) {
  const projects = ['quick', ...levels].flatMap(name => ['--project', name]);
  const files = nativeTests.map(name => name.replace('*.test.ts', ''));
  return node([join(context.root, 'node_modules/vitest/vitest.mjs'), 'run', ...projects, ...files], 'inherit').status === 0;
}

function survivesCalls(context, node, { seed = '1', calls = '10000' }) {
  const { status, stdout, stderr } = node([join(context.root, 'test/kernels/compute/hostile-run.ts'), seed, calls], 'pipe');
  console.log(`${calls} hostile calls: ${stdout.trim().split('\n').at(-1)}\n${stderr}`);
  return status === 0;
}

/** Node itself is not built for the sanitizer, which therefore comes first into the process; what Node never frees is not told. */
async function sanitizedEnv(context, module) {
  const { stdout } = await context.run(compiler(context), ['-print-file-name=libasan.so'], { env: projectEnv(context), step: 'compute' });
  return {
    ...projectEnv(context),
    LD_PRELOAD: stdout.trim(),
    ASAN_OPTIONS: 'detect_leaks=0:allocator_may_return_null=1:allow_user_segv_handler=1:alloc_dealloc_mismatch=0',
    UBSAN_OPTIONS: 'print_stacktrace=1',
    NODE_OPTIONS: `--require ${join(context.root, 'test/kernels/compute/sanitized.cjs')}`,
    TINYLAB_COMPUTE: module,
  };
}

try {
  await main();
} catch (error) {
  process.exitCode = explain(
    error.code?.startsWith?.('ERR_PARSE_ARGS') ? new Fault('usage', error.message, 'npm run test:native -- --help') : error,
  );
}
