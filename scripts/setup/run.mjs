import { spawn } from 'node:child_process';
import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Stopped } from './fault.mjs';

const graceMs = 3000;

/**
 * Runs a program to its end and returns what it printed; a non-zero exit throws with `output` attached.
 * The child leads its own process group, so that a stop reaches its children too, whatever the terminal does.
 */
export function run(context, [command, ...args], { cwd = context.root, env = context.env, step = 'commands' } = {}) {
  return new Promise((resolve, reject) => {
    if (context.signal?.aborted) return reject(new Stopped());
    const child = spawn(command, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    const heard = listen(child);
    const stop = () => stopGroup(child);
    context.signal?.addEventListener('abort', stop, { once: true });
    const settle = (error, code) => {
      context.signal?.removeEventListener('abort', stop);
      record(context, { step, line: [command, ...args].join(' '), output: heard.output, code });
      if (context.signal?.aborted) return reject(new Stopped());
      if (error) return reject(error);
      if (code !== 0) return reject(Object.assign(new Error(`${command} ended with ${code}`), { output: heard.output }));
      resolve({ stdout: heard.stdout, output: heard.output });
    };
    child.once('error', error => settle(error));
    child.once('close', (code, signal) => settle(undefined, code ?? signal));
  });
}

function listen(child) {
  const heard = { stdout: '', output: '' };
  child.stdout.on('data', chunk => {
    heard.stdout += chunk;
    heard.output += chunk;
  });
  child.stderr.on('data', chunk => {
    heard.output += chunk;
  });
  return heard;
}

/** Asks a child's process group to end, and makes sure of it. */
export function stopGroup(child, signal = 'SIGTERM') {
  const send = name => {
    try {
      process.kill(-child.pid, name);
    } catch {
      // The group is gone already.
    }
  };
  send(signal);
  const timer = setTimeout(() => send('SIGKILL'), graceMs);
  child.once('close', () => clearTimeout(timer));
}

/** Keeps everything that a step's commands printed; a log that cannot be written must not hide the real error. */
function record(context, { step, line, output, code }) {
  try {
    mkdirSync(context.logs, { recursive: true });
    appendFileSync(join(context.logs, `${step}.log`), `$ ${line}\n${output}\n[${code}]\n`);
  } catch {
    // Full or read-only disk: the caller reports that.
  }
}
