import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { projectEnv } from '../setup/context.mjs';
import { stopGroup } from '../setup/run.mjs';

const countsLine = /(\d+) specs, (\d+) failed/g;

/** Runs one stage under Node 24 and shows what it prints; returns its counts, its exit code and the seconds it took. */
export async function runStage(stage, context) {
  const file = join(context.root, `.tinylab/test-${stage.name}.json`);
  rmSync(file, { force: true });
  const args = stage.counts === 'vitest' ? [...stage.args, `--outputFile.json=${file}`] : stage.args;
  const began = performance.now();
  const { code, output } = await spawnStage(args, context);
  return { stage, code, seconds: (performance.now() - began) / 1000, ...countsOf({ stage, code, output, file }) };
}

function spawnStage(args, context) {
  return new Promise(resolve => {
    const env = projectEnv(context);
    if (process.stdout.isTTY) env.FORCE_COLOR ??= '1';
    const child = spawn(context.node24, args, { cwd: context.root, env, detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', chunk => {
      output += chunk;
      process.stdout.write(chunk);
    });
    const stop = () => stopGroup(child);
    context.signal?.addEventListener('abort', stop, { once: true });
    child.on('error', error => resolve({ code: 1, output: error.message }));
    child.on('close', code => {
      context.signal?.removeEventListener('abort', stop);
      resolve({ code: code ?? 1, output });
    });
  });
}

/** Tests that passed, failed and were skipped. A stage that fails without counting a failed test (it crashed), or counts none at all, has failed one. */
function countsOf({ stage, code, output, file }) {
  const counted = read({ stage, code, output, file });
  const silent = counted.passed + counted.failed + counted.skipped === 0;
  return (code !== 0 || silent) && counted.failed === 0 ? { ...counted, failed: 1 } : counted;
}

function read({ stage, code, output, file }) {
  if (stage.counts === 'one') return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
  if (stage.counts === 'line') {
    const [, specs, failed] = [...output.matchAll(countsLine)].at(-1) ?? [0, 0, 0];
    return { passed: specs - failed, failed: Number(failed), skipped: 0 };
  }
  if (!existsSync(file)) return { passed: 0, failed: 0, skipped: 0 };
  const report = JSON.parse(readFileSync(file, 'utf8'));
  const suites = report.testResults.filter(result => result.status === 'failed' && result.assertionResults.length === 0).length;
  const skipped = report.numPendingTests + report.numTodoTests;
  return { passed: report.numPassedTests, failed: report.numFailedTests + suites, skipped };
}
