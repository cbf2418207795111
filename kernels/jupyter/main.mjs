import { enableCompileCache } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

// Plain JavaScript, and it imports the rest only after the cache is open: what comes from there is compiled and needs no type stripping,
// which would cost every start 60 ms and each of its two threads 18 MB.

const { values } = parseArgs({ options: { 'config-path': { type: 'string', short: 'f' } } });
if (!values['config-path']) {
  console.error('This program is started by Jupyter: node main.mjs --config-path CONNECTION_FILE');
  process.exit(2);
}
enableCompileCache(join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'tinylab', 'compiled'));
const { startKernel } = await import('./kernel.ts');
const { readConnection } = await import('./wire/connection.ts');
await startKernel(readConnection(values['config-path']), process.cwd());
