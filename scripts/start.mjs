#!/usr/bin/env node
import './setup/node-version.mjs';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { freePort } from './jupyter/port.mjs';
import { startServer } from './jupyter/server.mjs';
import { createContext } from './setup/context.mjs';
import { Stopped } from './setup/fault.mjs';
import { explain, setUp } from './setup/set-up.mjs';
import { stopSignal } from './setup/signals.mjs';

const help = `npm start: sets TinyLab up if needed and opens JupyterLab on the labs.

  npm start -- --no-browser    print the address, open nothing
  npm start -- --port N        first port to try (default 8888); a taken one is skipped
  npm start -- --help          this text

Ctrl-C stops JupyterLab and its kernels. Its log is .tinylab/logs/jupyterlab.log.`;

const options = { 'no-browser': { type: 'boolean' }, port: { type: 'string', default: '8888' }, help: { type: 'boolean', short: 'h' } };

async function main() {
  const { values } = parseArgs({ options });
  if (values.help) return console.log(help);
  const first = Number(values.port);
  if (!Number.isInteger(first) || first < 1 || first > 65535) throw usage(`--port wants a number from 1 to 65535, not "${values.port}"`);
  const signal = stopSignal();
  const context = createContext({ signal });
  await setUp(context);
  const port = await freePort(first, taken => console.log(`Port ${taken} is in use: trying ${taken + 1}.`));
  const token = randomBytes(24).toString('hex');
  const server = await startServer(context, { port, token });
  if (signal.aborted) throw new Stopped();
  announce(`http://localhost:${port}/lab?token=${token}`, values['no-browser']);
  signal.addEventListener('abort', () => {
    console.log('\nStopping JupyterLab…');
    server.stop();
  });
  const code = await server.ended;
  if (!signal.aborted) throw new Error(`JupyterLab ended by itself (${code}): see .tinylab/logs/jupyterlab.log`);
}

function announce(url, quiet) {
  console.log(`\nTinyLab is ready:\n\n    ${url}\n\nCtrl-C stops it.`);
  const opener = process.platform === 'darwin' ? 'open' : process.env.DISPLAY || process.env.WAYLAND_DISPLAY ? 'xdg-open' : undefined;
  if (quiet || !opener) return;
  const child = spawn(opener, [url], { stdio: 'ignore', detached: true });
  child.on('error', () => console.log('(no browser could be opened: copy the address)'));
  child.unref();
}

const usage = what => Object.assign(new Error(what), { code: 'usage', mend: 'npm start -- --help' });

try {
  await main();
} catch (error) {
  process.exitCode = explain(error.code?.startsWith?.('ERR_PARSE_ARGS') ? usage(error.message) : error);
}
