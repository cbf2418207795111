#!/usr/bin/env node
import './setup/node-version.mjs';
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createContext, projectEnv } from './setup/context.mjs';
import { Fault } from './setup/fault.mjs';
import { explain, setUp } from './setup/set-up.mjs';
import { stopSignal } from './setup/signals.mjs';

const options = { peers: { type: 'boolean' }, json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } };

const help = names => `npm run bench -- NAME [--peers] [--json]

  NAME     ${names.join(', ') || '(none in scripts/bench yet)'}
  --peers  measure the tools we compare ourselves with in the same run; they are installed into a cached environment of their own
  --json   one line: { name, unit, ours: { min, median, n }, peers, ratio }; ratio is ours.min / the best peer's min`;

const notBenchmarks = new Set(['run.ts', 'result.ts']);

/** Benchmarks are the files of scripts/bench. */
const benchmarks = root =>
  readdirSync(join(root, 'scripts/bench'))
    .filter(file => file.endsWith('.ts') && !notBenchmarks.has(file))
    .map(file => file.slice(0, -3))
    .sort();

async function main() {
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const context = createContext({ signal: stopSignal() });
  const names = benchmarks(context.root);
  if (values.help || positionals.length === 0) return console.log(help(names));
  const [name] = positionals;
  if (!names.includes(name)) throw new Fault('usage', `There is no benchmark "${name}": ${names.join(', ')}.`, 'npm run bench -- --help');
  await setUp(context);
  const flags = Object.entries(values).map(([flag]) => `--${flag}`);
  process.exitCode = await execute([join(context.root, 'scripts/bench/run.ts'), name, ...flags], context);
}

function execute(args, context) {
  return new Promise(resolve => {
    const child = spawn(context.node24, args, { stdio: 'inherit', cwd: context.root, env: projectEnv(context) });
    context.signal.addEventListener('abort', () => child.kill('SIGTERM'));
    child.on('close', code => resolve(code ?? 130));
  });
}

try {
  await main();
} catch (error) {
  process.exitCode = explain(
    error.code?.startsWith?.('ERR_PARSE_ARGS') ? new Fault('usage', error.message, 'npm run bench -- --help') : error,
  );
}
