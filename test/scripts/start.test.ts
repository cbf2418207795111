import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { project, until } from './kit/scratch.ts';

/** `npm start -- --no-browser --port N` on this project, with what it says. */
function start(port: number): { child: ChildProcess; said: () => string; ended: Promise<number | null> } {
  const child = spawn(process.execPath, [join(project, 'scripts/start.mjs'), '--no-browser', '--port', String(port)]);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', chunk => {
      output += chunk;
    });
  }
  onTestFinished(() => void child.kill('SIGKILL'));
  return { child, said: () => output, ended: new Promise(resolve => child.on('close', resolve)) };
}

/** Processes of this machine whose command line names both words. */
const processes = (...words: string[]) =>
  readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(pid => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      } catch {
        return '';
      }
    })
    .filter(line => words.every(word => line.includes(word)));

test('JupyterLab starts on the next free port, shows only our kernel, writes nothing at home, and Ctrl-C ends it with its kernels', async () => {
  const busy = createServer();
  await new Promise<void>(resolve => busy.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void busy.close());
  const { port } = busy.address() as { port: number };

  const { child, said, ended } = start(port);
  await until('the address is printed', () => /token=/.test(said()) || child.exitCode !== null, 90_000);
  expect(said()).toContain(`Port ${port} is in use: trying ${port + 1}.`);
  const address = said().match(/http:\/\/localhost:(\d+)\/lab\?token=([0-9a-f]{48})/) as RegExpMatchArray;
  const base = `http://127.0.0.1:${address[1]}`;
  const authorized = { headers: { authorization: `token ${address[2]}` } };
  const ask = async <T>(path: string, options: object = {}) =>
    (await (await fetch(`${base}${path}`, { ...authorized, ...options })).json()) as T;

  expect((await fetch(`${base}/api/contents`)).status).toBe(403);
  expect((await fetch(`${base}/lab`, authorized)).status).toBe(200);
  const specs = await ask<{ default: string; kernelspecs: object }>('/api/kernelspecs');
  expect([specs.default, Object.keys(specs.kernelspecs)]).toEqual(['tinylab', ['tinylab']]);
  const lab = readdirSync(join(project, 'notebooks'), { withFileTypes: true }).find(entry => entry.isDirectory())?.name;
  const contents = await ask<{ content: { name: string }[] }>('/api/contents');
  expect(contents.content.map(entry => entry.name)).toContain(lab);

  const path = `${lab}/scratch.ipynb`;
  const session = { method: 'POST', body: JSON.stringify({ kernel: { name: 'tinylab' }, name: 'scratch', path, type: 'notebook' }) };
  const { kernel } = await ask<{ kernel: { id: string } }>('/api/sessions', session);
  await until('the kernel runs', () => processes('main.mjs', kernel.id).length > 0);
  const pid = readdirSync('/proc').find(name => /^\d+$/.test(name) && commandOf(name).includes(`kernel-${kernel.id}`)) as string;
  expect(readlinkSync(`/proc/${pid}/cwd`)).toBe(join(project, 'notebooks', lab as string));
  expect(existsSync(join(project, '.tinylab/jupyter/runtime', `kernel-${kernel.id}.json`))).toBe(true);

  child.kill('SIGINT');
  expect(await ended).toBe(0);
  expect(said()).toContain('Stopping JupyterLab');
  await until('the kernel is gone', () => processes('main.mjs', kernel.id).length === 0, 15_000);
  expect(processes('jupyterlab', `--ServerApp.port=${address[1]}`)).toEqual([]);
});

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
