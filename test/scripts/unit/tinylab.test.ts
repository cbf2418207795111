import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { project, scratchFolder } from '../kit/scratch.ts';

/** A copy of the scripts alone, as in a fresh clone; `tinylab` runs in another folder than the project's. */
function freshClone() {
  const root = scratchFolder();
  cpSync(join(project, 'scripts'), join(root, 'scripts'), { recursive: true });
  const elsewhere = scratchFolder();
  const tinylab = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'scripts/tinylab.mjs'), ...args], {
      cwd: elsewhere,
      encoding: 'utf8',
    });
    return { status, stdout, stderr };
  };
  return { root, tinylab };
}

test('--help lists a student’s commands, and with the grader the staff’s, before anything is installed', () => {
  const { root, tinylab } = freshClone();
  const listed = () => [...tinylab('--help').stdout.matchAll(/^ {2}(\S+) {2,}\S/gm)].map(match => match[1]);
  const forAll = ['start', 'setup', 'doctor', 'check', 'submit', 'run', 'inspect', 'compile'];
  expect(listed()).toEqual(forAll);
  const list = 'labs-grading/commands/commands.json';
  cpSync(join(project, list), join(root, list));
  writeFileSync(join(root, 'labs-grading/cli.ts'), '');
  expect(listed().slice(0, forAll.length)).toEqual(forAll);
  expect(listed()).toEqual(expect.arrayContaining(['collect', 'grade', 'regrade', 'publish', 'release']));
  expect(tinylab().stdout).toBe(tinylab('--help').stdout);
});

test('a command that needs set-up says so before set-up', () => {
  const { status, stderr } = freshClone().tinylab('grade', '00-basics', 'submissions');
  expect(status).toBe(1);
  expect(stderr).toContain('To mend it:  npm run setup');
});

test('commands of the grader run under the project’s Node, with their arguments, exit code and folder', () => {
  const { root, tinylab } = freshClone();
  mkdirSync(join(root, 'node_modules/.bin'), { recursive: true });
  symlinkSync(process.execPath, join(root, 'node_modules/.bin/node'));
  expect(tinylab('grade').stderr).toContain('no labs-grading folder');
  mkdirSync(join(root, 'labs-grading'));
  const program = 'console.log(JSON.stringify([process.argv.slice(2), process.cwd() !== import.meta.dirname])); process.exitCode = 7;';
  writeFileSync(join(root, 'labs-grading/cli.ts'), program);
  const { status, stdout } = tinylab('grade', '00-basics', '--json');
  expect(JSON.parse(stdout)).toEqual([['grade', '00-basics', '--json'], true]);
  expect(status).toBe(7);
});

test.each([
  ['start.mjs', 'npm start'],
  ['setup.mjs', 'npm run setup'],
  ['test.mjs', 'npm test'],
  ['doctor.mjs', 'npx tinylab doctor'],
])('%s --help changes nothing and says what it does', (file, name) => {
  const { root } = freshClone();
  const { status, stdout } = spawnSync(process.execPath, [join(root, 'scripts', file), '--help'], { encoding: 'utf8' });
  expect(status).toBe(0);
  expect(stdout.startsWith(name)).toBe(true);
});

test.each([
  ['start.mjs', ['--port', 'many'], '--port wants a number'],
  ['start.mjs', ['--colour'], '--colour'],
  ['test.mjs', ['--only', 'nothing'], 'There is no stage "nothing"'],
])('%s %j is refused with the way to help', (file, args, message) => {
  const { root } = freshClone();
  const { status, stderr } = spawnSync(process.execPath, [join(root, 'scripts', file), ...args], { encoding: 'utf8' });
  expect(status).toBe(1);
  expect(stderr).toContain(message);
  expect(stderr).toContain('--help');
});
