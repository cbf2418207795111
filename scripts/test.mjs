#!/usr/bin/env node
import './setup/node-version.mjs';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createContext } from './setup/context.mjs';
import { Fault, Stopped } from './setup/fault.mjs';
import { explain, setUp } from './setup/set-up.mjs';
import { stopSignal } from './setup/signals.mjs';
import { steps } from './setup/steps.mjs';
import { nbgrader } from './test/nbgrader.mjs';
import { runStage } from './test/run-stage.mjs';
import { stagesOf } from './test/stages.mjs';

const help = `npm test: sets TinyLab up if needed, then lints, checks types and runs every test.

  npm run test:quick             the whole arrow, architecture and unit tests, in about a minute
  npm test -- --only NAME        one part: lint, types, quick, setup, kernel, grading, browser, endurance, planted, page-types, tfjs-core;
                                 plain, avx2, avx512 or vnni: the native tests with this TINYLAB_ISA
  npm test -- --help             this text

The last line is "N passed, N failed": tests, and one for each stage that is a single program.`;

const options = { quick: { type: 'boolean' }, only: { type: 'string' }, help: { type: 'boolean', short: 'h' } };

async function main() {
  const { values } = parseArgs({ options });
  if (values.help) return console.log(help);
  const context = createContext({ signal: stopSignal() });
  const only = values.quick ? 'quick' : values.only;
  const stages = stagesOf(context.root, only);
  if (stages.length === 0) throw new Fault('usage', `There is no stage "${only}".`, 'npm test -- --help');
  await setUp(context, { steps: stages.some(({ projects }) => projects?.includes('grading')) ? [...steps, nbgrader] : steps });
  // Copies of files in scratch folders are kept compiled, too: a full run begins anew, so that they do not heap up.
  if (!only) rmSync(join(context.root, '.tinylab/compile-cache'), { recursive: true, force: true });
  const results = [];
  for (const stage of stages) {
    console.log(`\n── ${stage.title}`);
    results.push(await runStage(stage, context));
    if (context.signal.aborted) throw new Stopped();
  }
  summarize(results);
}

function summarize(results) {
  const total = key => results.reduce((sum, result) => sum + result[key], 0);
  console.log('');
  for (const { stage, seconds, passed, failed, skipped } of results) {
    const counts = `${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`;
    console.log(`  ${failed ? '✘' : '✔'} ${stage.title.padEnd(28)} ${seconds.toFixed(1).padStart(7)} s   ${counts}`);
  }
  if (total('failed') > 0) process.exitCode = 1;
  console.log(`\n${total('passed')} passed, ${total('failed')} failed`);
}

try {
  await main();
} catch (error) {
  process.exitCode = explain(error.code?.startsWith?.('ERR_PARSE_ARGS') ? new Fault('usage', error.message, 'npm test -- --help') : error);
}
