import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cells, notebook, solutions } from './fixtures/mini-lab/notebook.ts';

const project = join(import.meta.dirname, '../..');
const root = mkdtempSync(join(tmpdir(), 'tinylab-gradebook-cli-'));
const lab = join(root, 'mini-lab');
const course = join(root, 'course');
const checks = join(lab, 'checks.ts');
const original = readFileSync(join(import.meta.dirname, 'fixtures/mini-lab/checks.ts'), 'utf8');

async function tinylab(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [join(project, 'labs-grading/cli.ts'), ...args, '--course', course], { cwd: root });
  let [out, err] = ['', ''];
  child.stdout.on('data', chunk => (out += chunk));
  child.stderr.on('data', chunk => (err += chunk));
  const code = await new Promise<number | null>(resolve => child.once('close', resolve));
  return { code, out, err };
}
const published = (): string => readFileSync(join(course, 'exports/mini-lab/grades.json'), 'utf8');
const scores = (grades: string): unknown =>
  Object.fromEntries(JSON.parse(grades).students.map(({ student, score }: { student: string; score: number }) => [student, score]));

beforeAll(() => {
  cpSync(join(import.meta.dirname, 'fixtures/mini-lab'), lab, { recursive: true });
  // checks.ts imports the library by its name.
  symlinkSync(join(project, 'node_modules'), join(root, 'node_modules'));
  const handedIn = { ada: solutions, bob: { ...solutions, answer: 'const answer = 41;' } };
  for (const [student, answers] of Object.entries(handedIn)) {
    mkdirSync(join(root, 'in', student), { recursive: true });
    writeFileSync(join(root, 'in', student, 'mini-lab.ipynb'), notebook(cells(answers)));
  }
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

it('makes no course where it was only asked about one', async () => {
  for (const args of [
    ['show', lab],
    ['publish', lab],
    ['grade', lab],
  ])
    expect(await tinylab(...args)).toMatchObject({ code: 2, err: expect.stringContaining(`There is no course in ${course}`) });
  expect(existsSync(course)).toBe(false);
});

it('publishes grades as a step of their own, and only finished ones', async () => {
  expect((await tinylab('grade', lab, join(root, 'in'))).code).toBe(0);
  expect(existsSync(join(course, 'gradebook.backup.sqlite'))).toBe(true);
  expect((await tinylab('show', lab, '--published')).out).toContain('Nothing of mini-lab is published');
  expect(await tinylab('publish', lab, '--by', 'ta')).toMatchObject({ code: 0, out: expect.stringContaining('2 totals new or changed') });
  expect(scores(published())).toEqual({ ada: 10, bob: 8 });
});

it('changes one score by hand, with the reason, and takes it back', async () => {
  const because = ['--reason', 'the text was misleading', '--by', 'ta'];
  expect((await tinylab('override', lab, 'bob', 'answer', '1', ...because)).out).toBe('bob: answer 1; total 8 → 9/10\n');
  expect((await tinylab('show', lab, 'bob')).out).toMatch(/bob: 9\/10[\s\S]*override by ta: the text was misleading/);
  expect((await tinylab('override', lab, 'bob', 'answer', '3', ...because)).err).toContain('answer has 2 points, got 3');
  expect((await tinylab('override', lab, 'bob', 'anwser', '1', ...because)).err).toContain('Known are: add, relu, scale, answer');
  expect((await tinylab('override', lab, 'bob', 'answer', 'none', ...because)).out).toContain('total 9 → 8/10');
  expect(scores(published())).toEqual({ ada: 10, bob: 8 });
});

it('says what a change of the lab does to grades before anything is published', async () => {
  writeFileSync(checks, original.replace("q.number('answer', 42)", "q.number('answer', 41)"));
  const trial = await tinylab('regrade', lab, '--dry-run', '--json');
  const mark = (score: number, maximum: number, state?: string) => ({ score, maximum, ...(state && { state }) });
  expect(JSON.parse(trial.out)).toEqual([
    { student: 'ada', question: 'answer', before: mark(2, 2, 'passed'), after: mark(0, 2, 'failed') },
    { student: 'ada', before: mark(10, 10), after: mark(8, 10) },
    { student: 'bob', question: 'answer', before: mark(0, 2, 'failed'), after: mark(2, 2, 'passed') },
    { student: 'bob', before: mark(8, 10), after: mark(10, 10) },
  ]);
  expect(scores((await tinylab('show', lab, '--json')).out)).toEqual({ ada: 10, bob: 8 });

  const real = await tinylab('regrade', lab);
  expect(real.out).toContain('2 of the totals are another than the published one');
  expect(real.err.match(/as an equal submission/g), 'nothing runs a second time').toHaveLength(2);
  expect(scores((await tinylab('show', lab, '--json')).out)).toEqual({ ada: 8, bob: 10 });
  expect(scores(published())).toEqual({ ada: 10, bob: 8 });
  expect((await tinylab('publish', lab)).code).toBe(0);
  expect(scores(published())).toEqual({ ada: 8, bob: 10 });
  expect(readdirSync(join(course, 'exports/mini-lab'))).toEqual(['grades-0001.json', 'grades-0002.json', 'grades.json']);
  expect((await tinylab('show', lab, 'bob')).out.match(/attempt \d/g)).toHaveLength(2);
});

it('grades nothing again when only a comment of the lab has changed', async () => {
  writeFileSync(checks, `// A comment.\n${readFileSync(checks, 'utf8')}`);
  expect(await tinylab('regrade', lab)).toMatchObject({ code: 0, out: expect.stringContaining('No grade changes'), err: '' });
});

it('asks failing questions again, once', async () => {
  const confirmed = await tinylab('grade', lab, '--confirm', '2/2', '--json');
  expect(scores(confirmed.out)).toEqual({ ada: 8, bob: 10 });
  const { attempt } = JSON.parse((await tinylab('show', lab, 'ada', '--json')).out);
  expect(attempt).toMatchObject({ gradeKey: expect.stringMatching(/\.confirm-2-2$/), report: { anomalies: [] } });
  expect(await tinylab('grade', lab, '--confirm', '2/2', '--json')).toMatchObject({
    out: confirmed.out,
    err: expect.stringMatching(/^2 were graded before/),
  });
  expect((await tinylab('grade', lab, '--json')).err).toMatch(/^2 were graded before/);
});

it('does not publish grades of two versions of a lab, and says who is concerned', async () => {
  writeFileSync(checks, original.replace(/question\('answer', \{([^}]*)points: 2/, "question('answer', {$1points: 4"));
  expect(readFileSync(checks, 'utf8')).not.toBe(original);
  const trial = await tinylab('regrade', lab, '--dry-run');
  expect(trial.out).toContain('Nothing was written');
  expect((await tinylab('publish', lab)).err, 'a trial concerns nobody').toContain('has changed since it was graded');
  const one = await tinylab('regrade', lab, '--only', 'student=ada');
  expect(one.err).toMatch(/1 of the class are still graded with another version of mini-lab, bob/);
  expect(one.out).not.toContain('bob');
  expect(await tinylab('publish', lab)).toMatchObject({
    code: 2,
    err: expect.stringMatching(/bob: graded with another version of the lab[\s\S]*regrade/),
  });
  expect((await tinylab('show', lab)).out).toMatch(/bob .* stale/);
  expect((await tinylab('show', lab, 'bob')).out).toContain('stale');
  expect(scores((await tinylab('show', lab, '--json')).out), 'no old score against a new maximum').not.toHaveProperty('bob');
  expect((await tinylab('export', lab, '--to', 'csv', '--draft')).out).toContain('graded with another version of the lab: bob');
  await tinylab('feedback', lab, '--draft');
  expect(readFileSync(join(course, 'feedback/mini-lab/bob.md'), 'utf8')).toContain('being graded again');
  expect((await tinylab('regrade', lab)).code).toBe(0);
  expect((await tinylab('publish', lab)).code).toBe(0);
  expect(JSON.parse(published()).students.map(({ maximum }: { maximum: number }) => maximum)).toEqual([12, 12]);
});
