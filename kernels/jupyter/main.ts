import { parseArgs } from 'node:util';
import { startKernel } from './kernel.ts';
import { readConnection } from './wire/connection.ts';

const { values } = parseArgs({ options: { 'config-path': { type: 'string', short: 'f' } } });
if (!values['config-path']) {
  console.error('This program is started by Jupyter: node main.ts --config-path CONNECTION_FILE');
  process.exit(2);
}
await startKernel(readConnection(values['config-path']), process.cwd());
