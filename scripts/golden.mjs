#!/usr/bin/env node
import './setup/node-version.mjs';
import { spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createContext, projectEnv } from './setup/context.mjs';
import { Fault } from './setup/fault.mjs';
import { explain, setUp } from './setup/set-up.mjs';
import { stopSignal } from './setup/signals.mjs';

const options = { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } };

const help = `npm run golden -- DIR [--json]

  Runs integer kernels and networks against data that others made: every file of DIR that is a kernel's case of CMSIS-NN (NAME.json), or a network
  with the outputs of LiteRT (NAME.tflite and NAME.json). A case is equal, different, or refused, with the reason. The exit code is 1 where one differs.

  --json   one line: { equal, different, refused, cases: [{ name, state, detail }] }`;

async function main() {
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  if (values.help || positionals.length !== 1) return console.log(help);
  const folder = resolve(process.env.INIT_CWD ?? process.cwd(), positionals[0]);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new Fault('usage', `There is no folder ${folder}.`, 'npm run golden -- --help');
  const context = createContext({ signal: stopSignal() });
  await setUp(context);
  process.exitCode = await new Promise(done => {
    const args = [join(context.root, 'scripts/golden/run.ts'), folder, ...(values.json ? ['--json'] : [])];
    const child = spawn(context.node24, args, { stdio: 'inherit', cwd: context.root, env: projectEnv(context) });
    context.signal.addEventListener('abort', () => child.kill('SIGTERM'));
    child.on('close', code => done(code ?? 130));
  });
}

try {
  await main();
} catch (error) {
  process.exitCode = explain(
    error.code?.startsWith?.('ERR_PARSE_ARGS') ? new Fault('usage', error.message, 'npm run golden -- --help') : error,
  );
}
