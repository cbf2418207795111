import { spawnSync } from 'node:child_process';
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { project, scratchFolder } from '../kit/scratch.ts';

const benchmark = `
export default async ({ peers, log }) => {
  log('measuring');
  const sample = min => ({ min, median: min + 1, n: 3 });
  return { name: 'nap', unit: 'ms', ours: sample(2), peers: peers ? { Slow: sample(8) } : {}, ratio: peers ? 0.25 : undefined, rows: ['one more line'] };
};`;

/** Runs the benchmark `nap` with some flags, in a folder of its own. */
function nap(...flags: string[]) {
  const folder = scratchFolder();
  for (const file of ['run.ts', 'result.ts']) cpSync(join(project, 'scripts/bench', file), join(folder, file));
  writeFileSync(join(folder, 'nap.ts'), benchmark);
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(folder, 'run.ts'), 'nap', ...flags], { encoding: 'utf8' });
  return { status, stdout, stderr };
}

test('--json prints one line of JSON on stdout, and what the benchmark says elsewhere', () => {
  const { status, stdout, stderr } = nap('--peers', '--json');
  expect(status).toBe(0);
  expect(stdout.trim().split('\n')).toHaveLength(1);
  expect(JSON.parse(stdout)).toMatchObject({
    name: 'nap',
    unit: 'ms',
    ours: { min: 2, median: 3, n: 3 },
    peers: { Slow: { min: 8 } },
    ratio: 0.25,
  });
  expect(stderr).toContain('measuring');
});

test('for a person it is a table with the ratio and the further lines', () => {
  const { stdout } = nap('--peers');
  expect(stdout).toMatch(/ours +2\.00 +3\.00 ms {3}n=3\n +Slow +8\.00 +9\.00 ms/);
  expect(stdout).toContain("ours.min / best peer's min = 0.250");
  expect(stdout).toContain('one more line');
  expect(nap().stdout).not.toContain('ratio');
});
