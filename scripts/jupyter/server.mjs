import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Fault, lastLines } from '../setup/fault.mjs';
import { stopGroup } from '../setup/run.mjs';
import { jupyterEnv } from './environment.mjs';

const pollMs = 150;
const startMs = 60_000;

/** Starts JupyterLab on the notebooks and waits until it answers. `ended` resolves with its exit code; `stop` ends it with its kernels. */
export async function startServer(context, { port, token }) {
  const args = [
    `--ServerApp.root_dir=${join(context.root, 'notebooks')}`,
    `--ServerApp.port=${port}`,
    '--ServerApp.port_retries=0',
    '--no-browser',
    '--log-level=WARN',
    ...(context.superuser ? ['--allow-root'] : []),
  ];
  const env = { ...jupyterEnv(context), JUPYTER_TOKEN: token };
  const child = spawn(join(context.python, 'bin/python'), ['-m', 'jupyterlab', ...args], {
    cwd: context.root,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  keepLog(child, context);
  const ended = new Promise(resolve => child.once('close', resolve));
  await answers(child, `http://127.0.0.1:${port}/api/status?token=${token}`, context);
  return { ended, stop: () => stopGroup(child) };
}

/** JupyterLab's own lines go to a file; warnings and errors are its, so a person who asks for them finds them there. */
function keepLog(child, context) {
  mkdirSync(context.logs, { recursive: true });
  const log = createWriteStream(join(context.logs, 'jupyterlab.log'));
  child.stdout.pipe(log);
  child.stderr.pipe(log);
}

function notStarted({ logs }) {
  const log = readFileSync(join(logs, 'jupyterlab.log'), 'utf8');
  return new Fault('jupyterlab/not-started', `JupyterLab did not start.\n${lastLines(log, 8)}`, 'npx tinylab doctor');
}

async function answers(child, url, context) {
  const deadline = Date.now() + startMs;
  const dead = () => child.exitCode !== null || child.signalCode !== null;
  while (!dead() && !context.signal?.aborted && Date.now() < deadline) {
    const ok = await fetch(url).then(
      reply => reply.ok,
      () => false,
    );
    if (ok) return;
    await sleep(pollMs);
  }
  stopGroup(child);
  if (!context.signal?.aborted) throw notStarted(context);
}
