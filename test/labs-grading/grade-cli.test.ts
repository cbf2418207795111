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
    expect(out).toMatch(/cyd\s*│ 0 not run/);
    expect(out).toContain('cyd: notebook unreadable: not JSON');
    expect(err.match(/\[\s*\d\/5\] \w+ {2}\d+\/10 {2}\(.* s, CPU .* s\)/g)).toHaveLength(5);
  });

  it('gives the same bytes whatever the workers, and other questions for another seed', async () => {
    const [one, two] = [await run(lab, mixed, '--json', '--workers', '1'), await run(lab, mixed, '--json', '--workers', '2')];
    expect(one.out).toBe(two.out);
    const grades = JSON.parse(one.out);
    expect(grades.students.map(({ student, score }: { student: string; score: number }) => [student, score])).toEqual([
      ['ada', 10],
      ['bob', 8],
      ['cyd', 0],
      ['dan', 0],
      ['eve', 7],
    ]);
  });

  it('says what is wrong with its arguments', async () => {
    expect(await run('no-such-lab', mixed)).toMatchObject({ code: 2, err: expect.stringContaining('There is no lab "no-such-lab"') });
    expect(await run(lab, join(root, 'nowhere'))).toMatchObject({ code: 2, err: expect.stringContaining('is no folder') });
    expect((await run(lab, mixed, '--workers', 'many')).code).not.toBe(0);
    expect((await run('--help')).out).toContain('STUDENT/LAB.ipynb');
  });

  it('finishes those under way when interrupted, and begins no other', async () => {
    const slow = 'const start = Date.now();\nwhile (Date.now() - start < 1500) {}\nconst add = (a: number, b: number) => a + b;';
    const names = Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'f'].map(name => [name, notebook(cells({ ...solutions, add: slow }))]));
    const { child, ended, said } = start(lab, submissions('many', names), '--workers', '1', '--json');
    await said(/\[1\/6\]/);
    child.kill('SIGINT');
    const { code, out, err } = await ended;
    expect(code).toBe(130);
    expect(err).toContain('Finishing the students under way');
    const { students } = JSON.parse(out);
    expect(students.length).toBeGreaterThan(0);
    expect(students.length).toBeLessThan(6);
    expect(students.every(({ score }: { score: number }) => score === 10)).toBe(true);
  });

  it('leaves no process behind when it is killed, and its groups are swept by the next run', async () => {
    const { child, ended, said } = start(
      lab,
      submissions('killed', { a: notebook(cells({ ...solutions, add: 'while (true) {}' })), b: '{}' }),
    );
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
