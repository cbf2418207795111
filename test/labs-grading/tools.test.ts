import { spawn } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { cells, notebook, solutions } from './fixtures/mini-lab/notebook.ts';

const project = join(import.meta.dirname, '../..');
const root = mkdtempSync(join(tmpdir(), 'tinylab-tools-cli-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const [lab, bin] = [join(root, 'mini-lab'), join(root, 'bin')];
const tool = 'tinylab-made-up-emulator';

cpSync(join(import.meta.dirname, 'fixtures/mini-lab'), lab, { recursive: true });
symlinkSync(join(project, 'node_modules'), join(root, 'node_modules'));
const checks = readFileSync(join(lab, 'checks.ts'), 'utf8');
const needing = checks.replace("uses: ['answer'] }", `uses: ['answer'], tools: ['${tool}'] }`);
expect(needing).not.toBe(checks);
writeFileSync(join(lab, 'checks.ts'), needing);
mkdirSync(bin);
for (const [student, answers] of Object.entries({ ada: solutions, bob: { ...solutions, answer: 'const answer = 41;' } })) {
  mkdirSync(join(root, 'in', student), { recursive: true });
  writeFileSync(join(root, 'in', student, 'mini-lab.ipynb'), notebook(cells(answers)));
}

function install(version: string): void {
  writeFileSync(join(bin, tool), `#!/bin/sh\necho ${tool} ${version}\n`);
  chmodSync(join(bin, tool), 0o755);
}

/** Runs a command on a machine that has the tool, or not. */
async function tinylab(has: 'with' | 'without', ...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const env = { ...process.env, PATH: has === 'with' ? [bin, process.env.PATH].join(delimiter) : process.env.PATH };
  const child = spawn(process.execPath, [join(project, 'labs-grading/cli.ts'), ...args, '--course', join(root, 'course')], {
    cwd: root,
    env,
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', chunk => (out += chunk));
  child.stderr.on('data', chunk => (err += chunk));
  const code = await new Promise<number | null>(resolve => child.once('close', resolve));
  return { code, out, err };
}

it('does not ask a question whose tool is missing, and asks it where the tool is', async () => {
  const first = await tinylab('without', 'grade', lab, join(root, 'in'));
  expect(first).toMatchObject({ code: 0, err: expect.stringContaining('ada  8/10, 2 wait for a tool') });
  expect(first.out).toContain(`2 wait for a tool that this machine lacks (${tool}): answer. This costs nobody a point`);
  expect(first.out).toMatch(/ada .*– tool missing .*8 so far/);
  expect(await tinylab('without', 'publish', lab)).toMatchObject({
    code: 2,
    err: expect.stringMatching(/ada: needs a tool that this machine lacks \(answer\)/),
  });
  const shown = await tinylab('without', 'show', lab, 'ada', '--question', 'answer');
  expect(shown.out).toMatch(new RegExp(`answer: –/2, tool missing\\n +needs ${tool}: ${tool} is not on the PATH`));
  expect((await tinylab('without', 'grade', lab)).err, 'nothing is new here').toMatch(/^2 were graded before/);

  install('1');
  const there = await tinylab('with', 'grade', lab);
  for (const line of ['ada  10/10', 'bob  8/10']) expect(there.err).toContain(line);
  expect(there.out).not.toMatch(/tool/);
  expect((await tinylab('with', 'grade', lab)).err).toMatch(/^2 were graded before/);
  const back = await tinylab('without', 'grade', lab, '--json');
  expect(back.err, 'a machine without it takes nothing back').toMatch(/^2 were graded before/);
  expect(JSON.parse(back.out).students).toMatchObject([{ score: 10 }, { score: 8 }]);

  install('2');
  expect((await tinylab('with', 'grade', lab)).err, 'another version is asked again').toMatch(/\[2\/2\]/);
  expect((await tinylab('with', 'publish', lab)).code).toBe(0);
});
