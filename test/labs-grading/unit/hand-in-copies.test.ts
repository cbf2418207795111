import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { projectFolder } from '../../../labs-grading/base/project.ts';
import { handInFolder, removeHandIns } from '../../../labs-grading/run/deliverables.ts';

it('copies of what was handed in lie where nobody else may enter, and go as a whole', async () => {
  const folder = handInFolder();
  expect(statSync(dirname(folder)).mode & 0o777).toBe(0o700);
  await removeHandIns(folder);
  expect(statSync(dirname(folder), { throwIfNoEntry: false })).toBeUndefined();
});

/** Copies a deliverable in a process of its own and tells the modes of the folder above, the folder and the file. */
const script = `
const { statSync } = await import('node:fs');
const { dirname, join } = await import('node:path');
const { Deliverables, handInFolder, removeHandIns } = await import(${JSON.stringify(join(projectFolder, 'labs-grading/run/deliverables.ts'))});
const folder = handInFolder();
new Deliverables({}, { folder, source: process.argv[1], budget: {} });
console.log(JSON.stringify([dirname(folder), folder, join(folder, 'x.json')].map(path => (statSync(path).mode & 0o777).toString(8))));
await removeHandIns(folder);`;

const nobody = ['--reuid', '65534', '--regid', '65534', '--clear-groups'];
const readable = spawnSync('setpriv', [
  ...nobody,
  process.execPath,
  '-e',
  `require('fs').readFileSync(${JSON.stringify(import.meta.filename)})`,
]);

it.skipIf(readable.status !== 0)('are their owner’s alone where sandboxes have the grader’s own user', () => {
  const source = mkdtempSync(join(tmpdir(), 'tinylab-modes-'));
  mkdirSync(join(source, 'deliverables'));
  writeFileSync(join(source, 'deliverables/x.json'), '{}');
  execFileSync('chmod', ['-R', 'a+rX', source]);
  const args = [process.execPath, '--no-warnings', '--input-type=module', '-e', script, source];
  const modes = (command: string, ...rest: string[]): unknown => JSON.parse(execFileSync(command, rest, { encoding: 'utf8' }));
  expect(modes('setpriv', ...nobody, ...args)).toEqual(['700', '700', '600']);
  expect(modes('env', ...args)).toEqual(['700', '755', '644']);
  rmSync(source, { recursive: true });
});
