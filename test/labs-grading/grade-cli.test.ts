import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { groupDriver, sweepGroups } from '../../labs-grading/run/cgroup.ts';
import { cells, notebook, solutions } from './fixtures/mini-lab/notebook.ts';

const project = join(import.meta.dirname, '../..');
const lab = join(import.meta.dirname, 'fixtures/mini-lab');
const root = mkdtempSync(join(tmpdir(), 'tinylab-cli-'));
afterAll(() => rmSync(root, { recursive: true }));

function submissions(name: string, texts: Readonly<Record<string, string>>): string {
  for (const [student, text] of Object.entries(texts)) {
    mkdirSync(join(root, name, student), { recursive: true });
    writeFileSync(join(root, name, student, 'mini-lab.ipynb'), text);
  }
  return join(root, name);
}

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function start(...args: string[]): { child: ChildProcess; ended: Promise<Ended>; said: (pattern: RegExp) => Promise<void> } {
  const child = spawn(process.execPath, [join(project, 'labs-grading/cli.ts'), 'grade', ...args], { cwd: root });
  let [out, err] = ['', ''];
  child.stdout.on('data', chunk => (out += chunk));
  child.stderr.on('data', chunk => (err += chunk));
  const ended = new Promise<Ended>(resolve => child.once('close', code => resolve({ code, out, err })));
  const said = async (pattern: RegExp): Promise<void> => {
    while (!pattern.test(err) && child.exitCode === null) await new Promise(resolve => setTimeout(resolve, 20));
  };
  return { child, ended, said };
}
const run = (...args: string[]): Promise<Ended> => start(...args).ended;

/** Processes of sandboxes and checkers whose parent is gone or was this process. */
function descendants(pid: number): number[] {
  const parents = readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .flatMap(name => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
        return [[Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])] as const];
      } catch {
        return [];
      }
    });
  const found = [pid];
  for (const ancestor of found) found.push(...parents.filter(([, parent]) => parent === ancestor).map(([child]) => child));
  return found.slice(1);
}

const mixed = submissions('mixed', {
  ada: notebook(cells(solutions)),
  bob: notebook(cells({ ...solutions, add: 'process.exit(0);' })),
  cyd: 'no notebook',
  dan: notebook(cells()),
  eve: notebook(cells({ ...solutions, relu: 'const relu = (x: tf.Tensor) => x;' })),
});

describe('tinylab grade', () => {
  it('prints a table, a line for each student, and what a person should know', async () => {
    const { code, out, err } = await run(lab, mixed);
    expect(code).toBe(0);
    expect(out).toMatch(/ada\s*│ 2\s*│ 3\s*│ 3\s*│ 2\s*│ 10/);
    expect(out).toMatch(/bob\s*│ 0 crashed/);
    expect(out).toMatch(/cyd\s*│ – unreadable/);
    expect(out).toContain('cyd: notebook unreadable: not JSON');
    expect(err.match(/\[\s*\d\/5\] \w+ {2}(?:\d+\/10|unreadable) {2}\(.* s, CPU .* s\)/g)).toHaveLength(5);
  });

  it('gives the same bytes whatever the workers', async () => {
    const workers = (n: string) => run(lab, mixed, '--json', '--workers', n, '--course', join(root, `workers-${n}`));
    const [one, two] = [await workers('1'), await workers('2')];
    expect(one.out).toBe(two.out);
    const grades = JSON.parse(one.out);
    expect(grades.students.map(({ student, score }: { student: string; score: number }) => [student, score])).toEqual([
      ['ada', 10],
      ['bob', 8],
      // cyd's notebook cannot be read: that is no 0.
      ['dan', 0],
      ['eve', 7],
    ]);
  });

  it('says what is wrong with its arguments', async () => {
    expect(await run('no-such-lab', mixed)).toMatchObject({ code: 2, err: expect.stringContaining('There is no lab "no-such-lab"') });
    expect(await run(lab, join(root, 'nowhere'))).toMatchObject({ code: 2, err: expect.stringContaining('nowhere') });
    expect((await run(lab, mixed, '--workers', 'many')).code).not.toBe(0);
    expect((await run('--help')).out).toContain('STUDENT/LAB.ipynb');
  });

  it('finishes those under way when interrupted, and begins no other', async () => {
    const slow = 'const start = Date.now();\nwhile (Date.now() - start < 1500) {}\nconst add = (a: number, b: number) => a + b;';
    const slowly = (name: string) => notebook(cells({ ...solutions, add: `// ${name}\n${slow}` }));
    const names = Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'f'].map(name => [name, slowly(name)]));
    const course = ['--course', join(root, 'many-course')];
    const { child, ended, said } = start(lab, submissions('many', names), '--workers', '1', '--json', ...course);
    await said(/\[1\/6\]/);
    child.kill('SIGINT');
    const { code, out, err } = await ended;
    expect(code).toBe(130);
    expect(err).toContain('Finishing the students under way');
    const { students } = JSON.parse(out);
    expect(students.length).toBeGreaterThan(0);
    expect(students.length).toBeLessThan(6);
    expect(students.every(({ score }: { score: number }) => score === 10)).toBe(true);

    const rest = await run(lab, '--json', ...course);
    expect(rest).toMatchObject({ code: 0, err: expect.stringContaining(`${students.length} were graded before`) });
    expect(JSON.parse(rest.out).students).toHaveLength(6);
  });

  it('grades equal answers once, nothing twice, and again what it is asked to', async () => {
    const course = ['--course', join(root, 'equal-course')];
    const wrong = notebook(cells({ ...solutions, answer: 'const answer = 7;' }));
    const equal = submissions('equal', { ada: notebook(cells(solutions)), bob: notebook(cells(solutions)), cyd: wrong });
    const first = await run(lab, equal, '--json', ...course);
    expect(first.err.match(/as an equal submission/g)).toHaveLength(1);
    const again = await run(lab, '--json', ...course);
    expect(again).toMatchObject({ code: 0, out: first.out, err: '3 were graded before under the same circumstances.\n' });
    const failed = await run(lab, '--json', '--only', 'failed', ...course);
    expect(failed.out).toBe(first.out);
    expect(failed.err).toMatch(/^\[1\/1\] cyd {2}8\/10 {2}\(.* s, CPU .* s\)\n$/);
    const question = await run(lab, '--json', '--only', 'question=relu', '--workers', '1', ...course);
    expect(question.out).toBe(first.out);
    expect(question.err.match(/s, CPU/g)).toHaveLength(3);
    expect(await run(lab, '--only', 'student=zoe', ...course)).toMatchObject({
      code: 2,
      err: expect.stringMatching(/Known are: ada, bob, cyd/),
    });
    const other = await run(lab, '--json', '--seed', '2', '--only', 'student=ada', ...course);
    expect(other.err).toMatch(/^\[1\/1\] ada/);
  });

  it('is one at a time in a course, and says who is there', async () => {
    const course = join(root, 'shared-course');
    const { child, ended, said } = start(lab, mixed, '--course', course);
    await said(/\[1\/5\]/);
    const { code, err } = await run(lab, mixed, '--course', course);
    expect(code).toBe(2);
    expect(err).toContain(`grade mini-lab, process ${child.pid}`);
    expect((await ended).code).toBe(0);
  });

  it('leaves no process behind when it is killed, and its groups are swept by the next run', async () => {
    const loop = notebook(cells({ ...solutions, add: 'while (true) {}' }));
    const { child, ended, said } = start(lab, submissions('killed', { a: loop, b: '{}' }), '--course', join(root, 'killed-course'));
    await said(/\[1\/2\] b/);
    await new Promise(resolve => setTimeout(resolve, 1500));
    const family = descendants(child.pid as number);
    expect(family.length).toBeGreaterThan(2);
    child.kill('SIGKILL');
    await ended;
    const alive = (): number[] =>
      family.filter(pid => existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'latin1')));
    for (let i = 0; i < 100 && alive().length > 0; i++) await new Promise(resolve => setTimeout(resolve, 100));
    expect(alive()).toEqual([]);
    const driver = groupDriver();
    await sweepGroups(driver);
    const groups = driver.folders.flatMap(folder => readdirSync(folder));
    expect(groups.filter(name => name.startsWith(`tinylab-${child.pid}-`))).toEqual([]);
  });
});
