import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createContext } from '../../../scripts/setup/context.mjs';
import { runStage } from '../../../scripts/test/run-stage.mjs';
import { stagesOf } from '../../../scripts/test/stages.mjs';
import { project, scratchFolder } from '../kit/scratch.ts';

/** Runs a stage whose program is a line of JavaScript, in a scratch project. */
async function stage(counts: string, script: string) {
  const root = scratchFolder();
  mkdirSync(join(root, 'node_modules/.bin'), { recursive: true });
  mkdirSync(join(root, '.tinylab'));
  symlinkSync(process.execPath, join(root, 'node_modules/.bin/node'));
  writeFileSync(join(root, 'program.cjs'), script);
  return runStage({ name: 'x', title: 'X', args: [join(root, 'program.cjs')], counts }, createContext({ root, env: process.env }));
}

const report = (numbers: object) => `
  const file = process.argv.at(-1).split('=')[1];
  require('node:fs').writeFileSync(file, ${JSON.stringify(JSON.stringify({ testResults: [], numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, ...numbers }))});`;

test('a program is one test', async () => {
  expect(await stage('one', '')).toMatchObject({ code: 0, passed: 1, failed: 0 });
  expect(await stage('one', 'process.exit(3)')).toMatchObject({ code: 3, passed: 0, failed: 1 });
});

test("vitest's own counts are taken", async () => {
  const numbers = { numPassedTests: 5, numFailedTests: 2, numPendingTests: 1, numTodoTests: 1 };
  expect(await stage('vitest', `${report(numbers)} process.exit(1)`)).toMatchObject({ passed: 5, failed: 2, skipped: 2 });
});

test('a crash is a failed test, even when every test that ran had passed', async () => {
  expect(await stage('vitest', `${report({ numPassedTests: 5 })} process.exit(1)`)).toMatchObject({ passed: 5, failed: 1 });
  expect(await stage('vitest', 'process.exit(1)')).toMatchObject({ passed: 0, failed: 1 });
});

test('a test file that does not load counts as failed', async () => {
  const testResults = [{ status: 'failed', assertionResults: [] }];
  expect(await stage('vitest', `${report({ numPassedTests: 5, testResults })} process.exit(1)`)).toMatchObject({ passed: 5, failed: 1 });
});

test('a suite of its own says its counts in its last line', async () => {
  const script = "console.log('1 specs, 1 failed'); console.log('tfjs-core: 3878 specs, 8 failed, in 3 s'); process.exit(1)";
  expect(await stage('line', script)).toMatchObject({ passed: 3870, failed: 8, skipped: 0 });
  expect(await stage('line', 'process.exit(1)')).toMatchObject({ passed: 0, failed: 1 });
});

test('a suite that ends well without counting anything has failed', async () => {
  expect(await stage('line', '')).toMatchObject({ passed: 0, failed: 1 });
  expect(await stage('vitest', '')).toMatchObject({ passed: 0, failed: 1 });
});

test('the stages begin with the fast ones', () => {
  const names = stagesOf(project).map(({ name }: { name: string }) => name);
  expect(names.slice(0, 4)).toEqual(['lint', 'types', 'quick', 'slow']);
});

test('the stages run every project of vitest, and each can run alone', () => {
  const config = readFileSync(join(project, 'vitest.config.ts'), 'utf8');
  const projects = [...config.matchAll(/\bproject\(\s*'(\w+)'/g)].map(match => match[1]).sort();
  expect(projects.length).toBeGreaterThan(4);
  const run = stagesOf(project).flatMap((stage: { projects?: string[] }) => stage.projects ?? []);
  expect(run.toSorted()).toEqual(projects);
  for (const name of projects) expect(stagesOf(project, name)).toMatchObject([{ name, projects: [name] }]);
  expect(stagesOf(project, 'nothing')).toEqual([]);
});
