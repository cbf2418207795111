import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { project, scratchFolder } from './kit/scratch.ts';

type Finding = { component: string; version: string; state: string; required: boolean; todo: string };

function doctor(root: string): {
  status: number | null;
  ok: boolean;
  components: Finding[];
  state: (component: string) => string | undefined;
} {
  const { status, stdout } = spawnSync(process.execPath, [join(root, 'scripts/doctor.mjs'), '--json'], { encoding: 'utf8' });
  const { ok, components } = JSON.parse(stdout) as { ok: boolean; components: Finding[] };
  return { status, ok, components, state: name => components.find(({ component }) => component === name)?.state };
}

test('on this project: everything required works, and the versions are the pinned ones', () => {
  const { status, ok, components } = doctor(project);
  expect(components.filter(({ required, state }) => required && !['ok', 'untested'].includes(state))).toEqual([]);
  const version = (name: string) => components.find(({ component }) => component === name)?.version;
  expect(version('Node')).toBe('v24.21.0');
  expect(version('JupyterLab')).toMatch(/^4\.6\.6 /);
  expect(version('TensorFlow')).toMatch(/^2\.21\.0, \d+ threads, oneDNN v/);
  expect([status, ok]).toEqual([0, true]);
});

test('on a fresh clone: what is missing is named with its command, and the exit code is 1', () => {
  const root = scratchFolder();
  for (const folder of ['scripts', 'lib']) cpSync(join(project, folder), join(root, folder), { recursive: true });
  mkdirSync(join(root, 'node_modules'));
  const { status, ok, components, state } = doctor(root);
  expect([status, ok]).toEqual([1, false]);
  for (const name of ['Node', 'Python', 'JupyterLab', 'Kernel']) expect(state(name)).toBe('missing');
  expect(state('TensorFlow')).toBe('broken');
  for (const { state: found, todo } of components) expect(found === 'ok' || todo !== '').toBe(true);
});
